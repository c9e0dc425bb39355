"""The words of a text, for rows and for what is asked alike.

Case and accents don't count, and whatever is neither letter nor digit parts words: `G.Skill` is
`g skill`, and in rows `gskill`, too. Words are lexemes as they are; a language adds the stems,
which it finds only in words with their accents (`search.sql`).
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from projections.letters import accented, folded

LONGEST = 20_000
"""Characters of one part of a product that are searched; a tsvector can't hold more than 1 MB."""
LONGEST_WORD = 500
"""Characters of a word that are searched; a lexeme can't have more than 2,046 bytes."""
LONGEST_JOINED = 40
"""Characters of what is searched as one word, too, although signs part it."""
MOST_PLACES = 16_383
"""Words further behind have the last place: a tsvector has no more (`MAXENTRYPOS`)."""
_SIGNS = b"-.'/"
_ENDS = _SIGNS.decode()
_FRACTION = re.compile(r"\d\.\d")


def searched(*texts: str) -> list[str]:
    """The words of some texts, as far as they are searched."""
    return _words(folded(" ".join(texts)))


def told(*texts: str) -> list[str]:
    """The same with their accents."""
    return _words(accented(" ".join(texts)))


def _words(text: str) -> list[str]:
    found = text[:LONGEST].split()
    return found if len(text) <= LONGEST_WORD else [each[:LONGEST_WORD] for each in found]


def joined(*texts: str) -> list[str]:
    """What of them is one word to some: `gskill` of `G.Skill`, `i713700k` of `i7-13700K`.

    Not numbers, and nothing as long as addresses are.
    """
    found = []
    for each in " ".join(texts).replace("\u2019", "'").split():
        if not each.isalnum():
            together = each.encode().translate(None, _SIGNS).decode()
            joints = len(together) < len(each.strip(_ENDS)) <= LONGEST_JOINED
            if joints and not _is_number(each, together):
                found.append(together)
    return searched(*found) if found else []


def _is_number(text: str, digits: str) -> bool:
    return digits.isdigit() or bool("." in text and _FRACTION.search(text))


def sought(text: str) -> tuple[list[str], list[str]]:
    """By word the tsquery of it as it is, and the word with its accents.

    The last one's is of words that begin like it.
    """
    words = [each for each in told(text) if searched(each)]
    queries = [" & ".join(searched(each)) for each in words]
    return [*queries[:-1], *(f"{last}:*" for last in queries[-1:])], words


def weighed(catalog: str, *parts: Sequence[str]) -> str:
    """A tsvector as PostgreSQL reads it: a line a part, of words with their places and weights.

    The parts weigh A, B, C and D. The last line has a lexeme that no text has: by it a search
    keeps to the catalog.
    """
    lines = []
    before = 0
    for weight, part in zip("ABCD", parts, strict=True):
        lines.append(_form(weight, before, len(part)) % tuple(part))
        before += len(part)
    return "\n".join([*lines, f"'@{catalog}'"])


@lru_cache(maxsize=1_000)
def _form(weight: str, before: int, count: int) -> str:
    """To be filled with so many words: that is quicker than to put each beside its place."""
    places = range(before + 1, before + count + 1)
    return " ".join(f"%s:{min(place, MOST_PLACES)}{weight}" for place in places)
