"""Which passwords are guessed soon, by the estimate of zxcvbn (Wheeler, USENIX Security 2016)."""

import re
from threading import Lock

from zxcvbn import zxcvbn  # type: ignore[import-untyped]

SCORE = 3
"""The lowest that is good: more than 10⁸ guesses, which bcrypt makes slow."""
LOOKED_AT = 24
"""Characters from the beginning: an estimate may take a quarter of a second for so many, and
seconds for 72. Whoever can't guess those does not get to the rest."""
ADVICE = "take what nobody comes upon, such as some words that have nothing to do with each other"

_ONE_AT_A_TIME = Lock()
"""The library keeps its caller's words in a global."""


def weakness(password: str, username: str) -> str | None:
    """Why somebody guesses it soon who knows the user's name; None where nobody does.

    It computes for up to a quarter of a second: not on an event loop.
    """
    name = username[:LOOKED_AT]
    words = [name, "catalog", *filter(None, re.split(r"\W|_", name))]
    with _ONE_AT_A_TIME:
        found = zxcvbn(password[:LOOKED_AT], user_inputs=words)
    if found["score"] >= SCORE:
        return None
    warning = found["feedback"]["warning"] or "This is easy to guess"
    return f"{warning.rstrip('.')}; {ADVICE}"
