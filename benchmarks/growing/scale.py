"""Logarithmic scales: what is so many times as much is always as far away."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log, log10

STEPS = (1, 2, 5)
"""Of a decade, where ticks may be."""
LABELLED_DECADES = 3.5
"""Over which every tick is labelled; over more, those of decades."""
DECADE = 10


@dataclass(frozen=True, slots=True)
class Scale:
    least: float
    most: float
    start: float
    """Where `least` is drawn."""
    end: float

    def at(self, value: float) -> float:
        share = log(value / self.least) / log(self.most / self.least)
        return self.start + share * (self.end - self.start)


def ticks(values: Sequence[float]) -> list[float]:
    """Round values, of which the first and the last enclose all of these."""
    least, most = min(values), max(values)
    decades = range(floor(log10(least)), floor(log10(most)) + 2)
    steps = [float(f"{step}e{decade}") for decade in decades for step in STEPS]
    first = max(n for n, step in enumerate(steps) if step <= least)
    last = min(n for n, step in enumerate(steps) if step >= most)
    return steps[first : max(last, first + 1) + 1]


def labelled(those: Sequence[float]) -> list[float]:
    """The ticks that there is room to label."""
    if those[-1] / those[0] <= DECADE**LABELLED_DECADES:
        return [*those]
    return [each for each in those if log10(each).is_integer()]
