"""Turns of several rounds, condensed."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from benchmarks.asking.asking import Asked
from benchmarks.asking.measures import per_second
from benchmarks.harness.figures import Figure, ratio
from benchmarks.writing.plan import EVERYBODY, Method
from benchmarks.writing.turns import Cell


@dataclass(frozen=True, slots=True)
class Results:
    cells: Sequence[Cell]

    @property
    def contestants(self) -> list[str]:
        """Who took part, we first."""
        taking = {cell.contestant for cell in self.cells}
        return [who for who in EVERYBODY if who in taking]

    @property
    def writers(self) -> list[int]:
        """Connections or threads, from the fewest on."""
        return sorted({cell.writers for cell in self.cells})

    def of(self, method: Method, contestant: str, writers: int) -> list[Asked]:
        """In the order of rounds; none when it did not take part."""
        asked = (method, contestant, writers)
        return [
            cell.written.asked
            for cell in self.cells
            if (cell.method, cell.contestant, cell.writers) == asked
        ]

    def ratio(self, method: Method, one: str, other: str, writers: int) -> Figure | None:
        """Of writes a second; None when one of them did not take part."""
        cells, others = self.of(method, one, writers), self.of(method, other, writers)
        if not (cells and others):
            return None
        return ratio([*map(per_second, cells)], [*map(per_second, others)])

    def ratio_of_best(self, method: Method, one: str, others: Sequence[str]) -> Figure | None:
        """Of each round's best number of writers, and of the others the best one of them."""
        bests, best_others = self._best(method, [one]), self._best(method, others)
        return ratio(bests, best_others) if bests and best_others else None

    def _best(self, method: Method, contestants: Sequence[str]) -> list[float]:
        """Writes a second in each round; none when nobody took part."""
        taking = [
            cell for cell in self.cells if cell.method == method and cell.contestant in contestants
        ]
        rounds = sorted({cell.round for cell in taking})
        return [
            max(cell.written.asked.per_second for cell in taking if cell.round == n) for n in rounds
        ]

    @property
    def failed(self) -> int:
        """Requests that were not answered as they should be."""
        return sum(cell.written.asked.failed for cell in self.cells)

    @property
    def dishonest(self) -> list[Cell]:
        return [cell for cell in self.cells if not cell.is_honest]

    def as_rows(self) -> Iterator[dict[str, object]]:
        for cell in self.cells:
            asked = cell.written.asked
            yield {
                "contestant": cell.contestant,
                "method": cell.method,
                "writers": cell.writers,
                "round": cell.round,
                "per_second": round(asked.per_second, 1),
                "found": cell.written.found,
                **asdict(asked),
            }
