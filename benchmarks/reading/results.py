"""Turns of several rounds, condensed."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.asking.measures import Measure
from benchmarks.asking.sources import LEAST
from benchmarks.harness.figures import Figure, figure, ratio
from benchmarks.reading.reads import Cell, Setting


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

    @property
    def elsewhere(self) -> list[str]:
        """Turns whose products were found elsewhere than they had to be, in some round."""
        few = (each for each in self.cells if each.found is not None and each.found < LEAST)
        return list(dict.fromkeys(cell.setting.turn for cell in few))

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
        return ratio(self._of(setting, measure), self._of(other, measure))

    def _of(self, setting: Setting, measure: Measure) -> list[float]:
        """In the order of rounds."""
        return [measure(cell.asked) for cell in self.cells if cell.setting == setting]
