"""A stream that can't be applied is parked: it stands still, and the rest of the log goes on.

What is read of it stays as it was before the event at fault. The events behind that are in the
log, which is the queue: from there the stream is folded again by code that knows what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.database import Connection, statement
from events.errors import Undecodable
from events.recorded import Recorded
from projections.leases import Lease

REASON_LENGTH = 500

_PARK = statement(__package__, "sql/park.sql")
_UNPARK = statement(__package__, "sql/unpark.sql")
_FIND_PARKED = statement(__package__, "sql/find_parked.sql")
_READ_PARKED = statement(__package__, "sql/read_parked.sql")


@dataclass(frozen=True, slots=True)
class Parked:
    """A product whose stream stands still before the event at `position`."""

    product_id: UUID
    position: int
    reason: str
    parked_at: datetime


@dataclass(frozen=True, slots=True)
class Fault:
    """An event that can't be applied, and why."""

    event: Recorded
    reason: str


def fault(event: Recorded, error: Exception) -> Fault:
    why = error.members["reason"] if isinstance(error, Undecodable) else repr(error)
    reason = f"{event.type}, schema version {event.schema_version}: {why}"
    return Fault(event, reason[:REASON_LENGTH])


async def park(connection: Connection, lease: Lease, fault: Fault) -> None:
    event = fault.event
    await connection.execute(_PARK, *_of(lease), event.stream_id, event.position, fault.reason)


async def unpark(connection: Connection, lease: Lease, stream: UUID) -> int:
    """The position that it stood still before; 0 where it did not."""
    return await connection.fetchval(_UNPARK, *_of(lease), stream) or 0


async def without_parked(
    connection: Connection, lease: Lease, events: Sequence[Recorded]
) -> Sequence[Recorded]:
    streams = {each.stream_id for each in events}
    rows = await connection.fetch(_FIND_PARKED, *_of(lease), list(streams))
    parked = {row["stream_id"] for row in rows}
    return [each for each in events if each.stream_id not in parked] if parked else events


async def read_parked(
    connection: Connection, catalog: str, generation: int, limit: int | None = None
) -> list[Parked]:
    """The streams that a generation has parked, at most `limit`, by position."""
    rows = await connection.fetch(_READ_PARKED, catalog, generation, limit)
    return [Parked(*row) for row in rows]


def _of(lease: Lease) -> tuple[str, int]:
    return lease.catalog, lease.generation
