"""Which catalogs are read, who reads, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.reading.kinds import ALONE, CONSTANT, HOT, KINDS, ORM, REDIS, UNCHANGED

FEWEST, MIDDLE, MOST = 1_000, 55_795, 1_000_000
"""Products; the middle has all of the feed's where it has more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    products: Sequence[int] = ()
    """Of each catalog; none: three sizes, as the feed is long."""
    together: Sequence[str] = (*KINDS, UNCHANGED)
    """What all connections ask."""
    alone: Sequence[str] = ALONE
    """What is asked by one connection, too: some of them."""
    rounds: int = 3
    seconds: int = 1
    """How long each is asked, in a round."""
    connections: int = 32

    def sizes(self, rows: int) -> Sequence[int]:
        """From the smallest on, for a feed of so many rows."""
        return sorted({*(self.products or (FEWEST, max(MIDDLE, rows), MOST))})


QUICK = Plan(products=(FEWEST,), together=(REDIS, CONSTANT, HOT, ORM), alone=(), seconds=1)
