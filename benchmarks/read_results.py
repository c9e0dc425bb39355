"""Turns of several rounds, condensed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from benchmarks.asking import Asked
from benchmarks.reads import Cell, Setting
from benchmarks.results import Figure, figure

type Measure = Callable[[Asked], float]
"""What is told of a turn."""


def per_second(asked: Asked) -> float:
    return asked.per_second


def request_ms(asked: Asked) -> float:
    """What a request took on average, where one connection asked."""
    return 1_000 / asked.per_second if asked.requests else inf


def p50_ms(asked: Asked) -> float:
    return asked.p50_ms


def p99_ms(asked: Asked) -> float:
    return asked.p99_ms


@dataclass(frozen=True, slots=True)
class Results:
    cells: Sequence[Cell]

    @property
    def sizes(self) -> list[int]:
        """From the smallest on."""
        return sorted({cell.setting.products for cell in self.cells})

    @property
    def connections(self) -> list[int]:
        """From the most on."""
        return sorted({cell.setting.connections for cell in self.cells}, reverse=True)

    def turns(self, connections: int) -> list[str]:
        of_them = (cell.setting for cell in self.cells if cell.setting.connections == connections)
        return list(dict.fromkeys(setting.turn for setting in of_them))

    @property
    def flawless(self) -> bool:
        return not any(cell.asked.failed for cell in self.cells)

    def failed(self, setting: Setting) -> int:
        """Requests that were not answered as they should be."""
        return sum(cell.asked.failed for cell in self.cells if cell.setting == setting)

    def figure(self, setting: Setting, measure: Measure) -> Figure:
        return figure(self._of(setting, measure))

    def found(self, setting: Setting) -> Figure | None:
        """The share of products found where they had to be; None where that is anywhere."""
        shares = [cell.found for cell in self.cells if cell.setting == setting]
        known = [share for share in shares if share is not None]
        return figure(known) if known else None

    def ratio(self, setting: Setting, other: Setting, measure: Measure) -> Figure:
        """Of two that took turns: round by round, so that what befell both weighs on neither."""
        pairs = zip(self._of(setting, measure), self._of(other, measure), strict=True)
        return figure([one / another for one, another in pairs])

    def _of(self, setting: Setting, measure: Measure) -> list[float]:
        """In the order of rounds."""
        return [measure(cell.asked) for cell in self.cells if cell.setting == setting]
