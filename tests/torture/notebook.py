"""What the storm has brought so far, as all who take part in it know it."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from tests.torture.history import Acknowledged, Answer, Heard, Refused, Unanswered, Write


@dataclass(slots=True)
class Notebook:
    products: list[UUID] = field(default_factory=list)
    """What all writers fight about."""
    versions: dict[UUID, int] = field(default_factory=dict)
    """The highest that was acknowledged, of each stream."""
    head: int = 0
    """The last position that any reader has met."""
    told: Counter[str] = field(default_factory=Counter)
    """How often writers heard what, and what went wrong how often."""

    def heard(self, write: Write, heard: Heard, head: int) -> None:
        write.answers.append(Answer(heard, head))
        self.told[_named(heard)] += 1
        if isinstance(heard, Acknowledged):
            known = self.versions.get(heard.stream, 0)
            self.versions[heard.stream] = max(known, heard.version)


def _named(heard: Heard) -> str:
    match heard:
        case Acknowledged(replayed=replayed):
            return "replayed" if replayed else "appended"
        case Refused(reason) | Unanswered(reason):
            return reason
