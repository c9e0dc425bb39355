"""How large a catalog is, and for how long its processes work."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    products: int = 50_000
    changes: int = 10_000
    """Prices that are set while no worker runs, and as many again while one does."""
    seconds: int = 3
    """Of each load on a process."""
    connections: int = 32
    starts: int = 3
    """Of each process; of `catalog up`, which imports a sample, one less, but at least one."""

    @property
    def ups(self) -> int:
        return max(1, self.starts - 1)

    def __str__(self) -> str:
        return (
            f"{self.products:,} products, {self.changes:,} changes; {self.seconds} s a load,"
            f" {self.connections} connections; {self.starts} starts, {self.ups} of `catalog up`"
        )
