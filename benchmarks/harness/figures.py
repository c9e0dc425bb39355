"""What was measured in several rounds, condensed."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan, nan
from statistics import median

from benchmarks.harness.tables import NONE


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of the rounds, and how far they were apart."""

    median: float
    least: float
    most: float

    def __format__(self, spec: str) -> str:
        if isnan(self.median):
            return NONE
        return f"{self.median:{spec}} ({self.least:{spec}} … {self.most:{spec}})"


INCOMPARABLE = Figure(nan, nan, nan)
"""Neither more nor less than anything: it keeps no promise."""


def figure(of_rounds: Sequence[float]) -> Figure:
    """Incomparable where a round is."""
    if any(map(isnan, of_rounds)):
        return INCOMPARABLE
    return Figure(median(of_rounds), min(of_rounds), max(of_rounds))


def ratio(one: Sequence[float], other: Sequence[float]) -> Figure:
    """Of two that took turns: round by round, so that what befell both weighs on neither.

    Infinite where the other did nothing in a round, incomparable where neither did anything.
    Raises `ValueError` where one of them has missed a round.
    """
    return figure([_times(each, another) for each, another in zip(one, other, strict=True)])


def _times(one: float, other: float) -> float:
    if other:
        return one / other
    return inf if one else nan
