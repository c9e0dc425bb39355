"""Cells of several rounds, condensed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.append import Cell


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of the rounds, and how far they were apart."""

    median: float
    least: float
    most: float

    def __format__(self, spec: str) -> str:
        return f"{self.median:{spec}} ({self.least:{spec}} … {self.most:{spec}})"


def figure(of_rounds: Sequence[float]) -> Figure:
    return Figure(median(of_rounds), min(of_rounds), max(of_rounds))


@dataclass(frozen=True, slots=True)
class Results:
    cells: Sequence[Cell]

    def of(self, contestant: str, writers: int, delay: int) -> list[Cell]:
        """Its cells in the order of rounds; none when it did not take part."""
        asked = (contestant, writers, delay)
        return [cell for cell in self.cells if (cell.contestant, cell.writers, cell.delay) == asked]

    def ratio(
        self, contestant: str, other: str, writers: int, delay: int, *, of_latency: bool = False
    ) -> Figure | None:
        """Of two that took turns: round by round, so that what befell both weighs on neither."""
        pairs = zip(  # one of them may not have taken part
            self.of(contestant, writers, delay), self.of(other, writers, delay), strict=False
        )
        ratios = [
            one.latency_ms(0.5) / another.latency_ms(0.5)
            if of_latency
            else one.load.per_second / another.load.per_second
            for one, another in pairs
        ]
        return figure(ratios) if ratios else None

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
                "appends_per_second": round(cell.load.per_second, 1),
                "p50_ms": round(cell.latency_ms(0.5), 3),
                "p99_ms": round(cell.latency_ms(0.99), 3),
            }
