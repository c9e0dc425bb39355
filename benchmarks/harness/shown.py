"""What a benchmark promised, what it measured, and whether that was kept."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.harness.tables import table


@dataclass(frozen=True, slots=True)
class Shown:
    what: str
    measured: str
    kept: bool


def promised(shown: Sequence[Shown]) -> Iterator[str]:
    """As a table in Markdown."""
    rows = [[each.what, each.measured, "yes" if each.kept else "NO"] for each in shown]
    return table(["", "measured", "kept"], rows)


def unkept(shown: Iterable[Shown]) -> str | None:
    """A sentence about those that were not kept; None when all were."""
    broken = "; ".join(each.what for each in shown if not each.kept)
    return f"not kept: {broken}" if broken else None
