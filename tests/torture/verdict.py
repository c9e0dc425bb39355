"""What a history can be found guilty of."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto


class Fault(Enum):
    LOST = auto()
    """Acknowledged, and not in the log."""
    DOUBLED = auto()
    TORN = auto()
    """Not all of a write's events are there, or not side by side in one stream."""
    MISPLACED = auto()
    """Not where its acknowledgement says, or not in the stream that it was for."""
    UNWANTED = auto()
    """In the log although all that its writer heard were refusals."""
    UNKNOWN = auto()
    """In the log although nobody asked for it."""
    UNEXPECTED_VERSION = auto()
    EARLY = auto()
    """Appended before what a reader had met when it was asked for."""
    CONFIRMED_TWICE = auto()
    """Acknowledged more than once as if it were new."""
    NOT_REPLAYED = auto()
    """Asked for again with its key, and not answered with the first receipt."""
    KEY_SHARED = auto()
    """One idempotency key, two effects."""
    KEY_WITHOUT_EFFECT = auto()
    """Refused because of its key, under which nothing was written."""
    POSITION_GAP = auto()
    VERSION_GAP = auto()
    WRONG_HEAD = auto()
    WRONG_STREAM_VERSION = auto()
    MISSED = auto()
    REPEATED = auto()
    REORDERED = auto()
    REWRITTEN = auto()
    """A reader met what the log does not hold, or holds otherwise."""
    CLAIM_STOLEN = auto()
    """Taken while another stream held it."""
    CLAIM_LOST = auto()
    CLAIM_KEPT = auto()
    """Held by a stream that never took it or has let it go."""


@dataclass(frozen=True, slots=True)
class Violation:
    fault: Fault
    where: object


EXAMPLES = 3


def report(found: Sequence[Violation]) -> str:
    """How often each fault was found, and the first few of each."""
    by_fault: dict[Fault, list[object]] = {}
    for violation in found:
        by_fault.setdefault(violation.fault, []).append(violation.where)
    return "\n".join(
        "\n  ".join([f"{fault.name}: {len(places)}", *map(repr, places[:EXAMPLES])])
        for fault, places in by_fault.items()
    )
