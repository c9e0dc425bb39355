"""Which parked streams are to be tried again: those that this process's code has not seen yet."""

from uuid import UUID

from events.database import Connection
from projections.leases import Lease
from projections.parking import read_parked
from projections.projector import Progress


class Retries:
    """A newer release heals what an older one could not apply: it tries each parked stream once."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, int], list[UUID]] = {}
        self._tried: set[tuple[str, int, UUID]] = set()

    def due(self, progress: Progress) -> bool:
        """Whether a lease is wanted to try something, or to look for it."""
        waiting = self._waiting.get((progress.catalog, progress.generation))
        return bool(progress.parked) and waiting != []

    async def look(self, connection: Connection, lease: Lease) -> None:
        """Find what is parked, as whoever held the lease before has left it."""
        parked = await read_parked(connection, lease.catalog, lease.generation)
        self._waiting[lease.catalog, lease.generation] = [
            each.product_id
            for each in parked
            if (lease.catalog, lease.generation, each.product_id) not in self._tried
        ]

    def following(self, lease: Lease) -> UUID | None:
        waiting = self._waiting[lease.catalog, lease.generation]
        return waiting[0] if waiting else None

    def tried(self, lease: Lease, stream: UUID) -> None:
        self._tried.add((lease.catalog, lease.generation, stream))
        waiting = self._waiting[lease.catalog, lease.generation]
        if stream in waiting:
            waiting.remove(stream)
