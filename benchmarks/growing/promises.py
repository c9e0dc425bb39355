"""What length is meant to cost, and whether it does."""

from collections.abc import Iterator

from benchmarks.growing.logs import APPEND
from benchmarks.growing.measurements import Measurements
from benchmarks.harness.shown import Shown

AT_MOST = 1.25
"""Times as long for an append as in the shortest log, where many write."""


def promises(found: Measurements) -> Iterator[Shown]:
    least, *more = found.sizes(APPEND)
    if more and (times := found.times(APPEND, "per_second", more[-1])):
        what = f"{more[-1]:,} events: an append costs at most {AT_MOST:g} times that at {least:,}"
        yield Shown(what, f"{times:.2f}", times.median <= AT_MOST)
