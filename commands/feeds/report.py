"""What an import did, and which rows it could not take."""

from dataclasses import asdict, astuple, dataclass, field, replace
from typing import Literal, Self
from uuid import UUID

from commands.faults import Fault

type Mode = Literal["upsert", "sync"]
type Phase = Literal["reading", "archiving", "done"]
type Effect = Literal["created", "changed", "unchanged", "restored"]


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that was refused: where it stands, why, and what it said."""

    line: int
    sku: str | None
    faults: list[Fault]
    text: str
    """The row as it came, or its beginning."""


@dataclass(slots=True)
class Counts:
    """What became of the rows; `archived` counts products that no row is about."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    archived: int = 0
    restored: int = 0
    failed: int = 0
    unidentified: int = 0
    """Of those that failed, rows without a SKU: nobody knows what else is missing."""
    refused_text: int = field(default=0, compare=False)
    """Characters that are kept of those that failed."""

    def count(self, effect: Effect) -> None:
        setattr(self, effect, getattr(self, effect) + 1)

    def told(self) -> dict[str, int]:
        """What a reader wants to know."""
        inner = {"unidentified", "refused_text"}
        return {name: value for name, value in asdict(self).items() if name not in inner}

    def __add__(self, other: Self) -> Self:
        return type(self)(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(slots=True)
class Report:
    run_id: UUID
    counts: Counts
    position: int = 0
    """Where the last event of the import stands in the log; 0 when it had none."""
    resumed_at: int = 0
    """The line that an earlier attempt had come to; 0 when this is the first."""
    phase: Phase = "reading"
    resumed: Counts = field(init=False)
    """What earlier attempts had done."""

    def __post_init__(self) -> None:
        self.resumed = replace(self.counts)

    @property
    def withheld(self) -> bool:
        """Whether a sync archives nothing, since it can't be told what is missing."""
        return self.counts.unidentified > 0
