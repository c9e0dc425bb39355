"""What is measured of each feed, in each round."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.material.feeds import Snapshot
from commands.feeds.report import Counts


@dataclass(frozen=True, slots=True)
class Month:
    """A snapshot as a file, and what a sync of it is to find after those before it."""

    snapshot: Snapshot
    feed: Path
    expected: Counts

    @property
    def is_first(self) -> bool:
        return self.expected.created == self.expected.rows

    def __str__(self) -> str:
        return f"{self.snapshot.known_since:%Y-%m-%d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    did: Counts
    seconds: float
    """Until its last event was appended, from when it had the feed open."""
    readable_seconds: float
    """More, until tables and caches reflected that."""
    whole_seconds: float
    """Of all that its user waits for: with the start of the process, or the upload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    way: str
    round: int
    month: Month
    first: Imported
    again: Imported
    """The same feed a second time."""
    copy_seconds: float
    """Of the same rows, just before."""

    def per_second(self, imported: Imported) -> float:
        return len(self.month.snapshot.rows) / imported.seconds

    def told(self) -> dict[str, Any]:
        names = ("way", "round", "copy_seconds")
        both = {"first": asdict(self.first), "again": asdict(self.again)}
        return {name: getattr(self, name) for name in names} | {"feed": str(self.month)} | both
