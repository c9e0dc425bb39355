"""Latencies, condensed."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from benchmarks.harness.tables import NONE


@dataclass(frozen=True, slots=True)
class Spread:
    """In milliseconds: what half, 95 % and 99 % of them took at most, and the longest."""

    p50: float
    p95: float
    p99: float
    longest: float

    def __str__(self) -> str:
        if self == ENDLESS:
            return NONE
        return f"{self.p50:.1f}, {self.p95:.1f}, {self.p99:.1f}, {self.longest:.1f}"


ENDLESS = Spread(inf, inf, inf, inf)
"""Of what was never answered."""


def spread(seconds: Sequence[float]) -> Spread:
    """Endless where there are none."""
    if not seconds:
        return ENDLESS
    ordered = sorted(1_000 * each for each in seconds)
    p50, p95, p99 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.95, 0.99))
    return Spread(p50, p95, p99, ordered[-1])
