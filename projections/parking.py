"""A stream that can't be applied is parked: it stands still, and the rest of the log goes on.

What is read of it stays as it was before the event at fault, and says so. The events behind that
are in the log, which is the queue: from there the stream is folded again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from events.database import Connection, statement
from projections.folding import Fault
from projections.leases import Lease

_PARK = statement(__package__, "sql/park.sql")
_UNPARK = statement(__package__, "sql/unpark.sql")
_FIND_PARKED = statement(__package__, "sql/find_parked.sql")
_READ_HELD_BACK = statement(__package__, "sql/read_held_back.sql")
_READ_PARKED = statement(__package__, "sql/read_parked.sql")
_READ_DISCARDED = statement(__package__, "sql/read_discarded.sql")


@dataclass(frozen=True, slots=True)
class Parked:
    """A product whose stream stands still before the event at `position`."""

    product_id: UUID
    position: int
    reason: str
    drifted: bool
    """Whether it is parked for its rows, which were not what the log says."""
    parked_at: datetime


@dataclass(frozen=True, slots=True)
class HeldBack:
    """The streams that stand still, and the positions of events that nothing is made of."""

    parked: Collection[UUID] = field(default_factory=set)
    discarded: Collection[int] = field(default_factory=set)


async def park(connection: Connection, lease: Lease, fault: Fault) -> None:
    """A stream that is parked already keeps the time since when."""
    event = fault.event
    await connection.execute(_PARK, *_of(lease), event.stream_id, event.position, fault.reason)


async def unpark(connection: Connection, lease: Lease, stream: UUID) -> None:
    await connection.execute(_UNPARK, *_of(lease), stream)


async def read_held_back(
    connection: Connection, catalog: str, generation: int, streams: Iterable[UUID]
) -> HeldBack:
    """What is not to be applied of these streams."""
    rows = await connection.fetch(_READ_HELD_BACK, catalog, generation, list(streams))
    if not rows:
        return HeldBack()
    return HeldBack(
        {row["stream_id"] for row in rows if row["discarded"] is None},
        {row["discarded"] for row in rows if row["discarded"] is not None},
    )


async def read_discarded(connection: Connection, catalog: str) -> Collection[int]:
    """The positions of all events that nothing is made of."""
    return {row["position"] for row in await connection.fetch(_READ_DISCARDED, catalog)}


async def find_parked(connection: Connection, lease: Lease, product: UUID) -> int | None:
    """The position that it stands still before."""
    position: int | None = await connection.fetchval(_FIND_PARKED, *_of(lease), product)
    return position


async def read_parked(
    connection: Connection, catalog: str, generation: int, limit: int | None = None
) -> list[Parked]:
    """The streams that a generation has parked, at most `limit`, by position."""
    rows = await connection.fetch(_READ_PARKED, catalog, generation, limit)
    return [Parked(*row) for row in rows]


def _of(lease: Lease) -> tuple[str, int]:
    return lease.catalog, lease.generation
