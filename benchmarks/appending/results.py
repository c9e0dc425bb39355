"""Cells of several rounds, condensed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.appending.append import Cell
from benchmarks.harness.figures import Figure, ratio

type Measure = Callable[[Cell], float]
"""What is told of a cell."""


def per_second(cell: Cell) -> float:
    return cell.load.per_second


def p50_ms(cell: Cell) -> float:
    return cell.latency_ms(0.5)


def p99_ms(cell: Cell) -> float:
    return cell.latency_ms(0.99)


@dataclass(frozen=True, slots=True)
class Results:
    cells: Sequence[Cell]

    def of(self, contestant: str, writers: int, delay: int) -> list[Cell]:
        """Its cells in the order of rounds; none when it did not take part."""
        asked = (contestant, writers, delay)
        return [cell for cell in self.cells if (cell.contestant, cell.writers, cell.delay) == asked]

    def ratio(
        self, one: str, other: str, writers: int, delay: int, measure: Measure = per_second
    ) -> Figure | None:
        """None when one of them did not take part."""
        cells, others = self.of(one, writers, delay), self.of(other, writers, delay)
        if not (cells and others):
            return None
        return ratio([*map(measure, cells)], [*map(measure, others)])

    @property
    def contestants(self) -> list[str]:
        return list(dict.fromkeys(cell.contestant for cell in self.cells))

    @property
    def writers(self) -> list[int]:
        return list(dict.fromkeys(cell.writers for cell in self.cells))

    @property
    def delays(self) -> list[int]:
        return list(dict.fromkeys(cell.delay for cell in self.cells))

    def as_rows(self) -> Iterator[dict[str, str | int | float]]:
        for cell in self.cells:
            yield {
                "contestant": cell.contestant,
                "writers": cell.writers,
                "commit_delay_ms": cell.delay,
                "round": cell.round,
                "appends_per_second": round(per_second(cell), 1),
                "p50_ms": round(p50_ms(cell), 3),
                "p99_ms": round(p99_ms(cell), 3),
            }
