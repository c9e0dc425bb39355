"""What a log is verified with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from events.notes import VerifierKey
from events.verify.finding import Finding
from events.verify.rules import Rules
from events.verify.signed import Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The log's rules and key, and checkpoints of it that somebody kept."""

    rules: Rules
    key: VerifierKey | None
    given: Sequence[Signed] = ()
    found: Callable[[Finding], None]
    """Called with each finding, as it is met."""
    advance: Callable[[int], None] = lambda _: None
    """Called with the position that was reached."""
