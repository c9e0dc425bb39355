"""What a benchmark promised, what it measured, and whether that was kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.append_report import table


@dataclass(frozen=True, slots=True)
class Shown:
    what: str
    measured: str
    kept: bool


def promised(shown: Sequence[Shown]) -> Iterator[str]:
    """As a table in Markdown."""
    rows = [[each.what, each.measured, "yes" if each.kept else "NO"] for each in shown]
    return table(["", "measured", "kept"], rows)
