"""Which parked streams are to be tried again: those that this process's code has not seen yet."""

from uuid import UUID

from events.database import Connection
from projections.leases import Lease
from projections.parking import read_parked
from projections.projector import Progress


class Retries:
    """A newer release heals what an older one could not apply: it tries each stream once.

    What drifted waits for an operator, who should know of it.
    """

    def __init__(self) -> None:
        self._waiting: list[UUID] | None = None
        """Those of the lease that is held; None until somebody looked."""
        self._tried: set[tuple[int, UUID]] = set()
        self._generation = 0

    def due(self, progress: Progress) -> bool:
        """Whether a lease is wanted to try something, or to look for it."""
        looked = progress.generation == self._generation and self._waiting is not None
        return bool(progress.parked) and not (looked and not self._waiting)

    async def look(self, connection: Connection, lease: Lease) -> None:
        """Find what is parked, as whoever held the lease before has left it."""
        parked = await read_parked(connection, lease.catalog, lease.generation)
        self._generation = lease.generation
        self._waiting = [
            each.product_id
            for each in parked
            if not each.drifted and (lease.generation, each.product_id) not in self._tried
        ]

    def following(self) -> UUID | None:
        return self._waiting[0] if self._waiting else None

    def tried(self, stream: UUID) -> None:
        self._tried.add((self._generation, stream))
        if self._waiting and stream in self._waiting:
            self._waiting.remove(stream)
