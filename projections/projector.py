"""Applies the log to the read tables, a batch at a time, each event exactly once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from events.database import Connection, statement
from events.log import read_log, read_stream
from events.recorded import Recorded
from projections.applying import Applied, apply
from projections.leases import Lease, advance
from projections.parking import Fault, unpark
from projections.projection import Folded

_READ_PROGRESS = statement(__package__, "sql/read_progress.sql")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a catalog's log has been applied to the live generation."""

    catalog: str
    generation: int
    head: int
    checkpoint: int
    lag_seconds: float
    """The age of the oldest event that has not been applied; 0 when all have been."""
    parked: int
    """How many streams are parked."""

    @property
    def lag_events(self) -> int:
        return self.head - self.checkpoint


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction applied: the products as they are now, and the checkpoint's step."""

    products: Sequence[Folded]
    events: Sequence[Recorded]
    before: int
    after: int
    faults: Sequence[Fault] = ()
    """The events whose streams were parked."""


async def read_progress(connection: Connection) -> list[Progress]:
    rows = await connection.fetch(_READ_PROGRESS)
    return [Progress(*row) for row in rows]


async def project(connection: Connection, lease: Lease, checkpoint: int, limit: int) -> Batch:
    """Apply at most `limit` events after `checkpoint`, in one transaction with the checkpoint.

    A stream that can't be applied is parked in the same transaction. Raises `LeaseLost`.
    """
    events = await read_log(connection, lease.catalog, after=checkpoint, limit=limit)
    if not events:
        return Batch((), (), checkpoint, checkpoint)
    after = events[-1].position
    async with connection.transaction():
        await advance(connection, lease, checkpoint, after)
        applied = await apply(connection, lease, events)
    return Batch(applied.products, events, checkpoint, after, applied.faults)


async def retry(connection: Connection, lease: Lease, checkpoint: int, parked: UUID) -> Batch:
    """Fold a parked stream again, from its first event to the checkpoint.

    Where that comes no further than before, nothing changes. Raises `LeaseLost`.
    """
    history = await read_stream(connection, lease.catalog, parked)
    events = [each for each in history if each.position <= checkpoint]
    async with connection.transaction():
        await advance(connection, lease, checkpoint, checkpoint)
        applied = await _apply_further(connection, lease, parked, events)
    return Batch(applied.products, events, checkpoint, checkpoint, applied.faults)


async def _apply_further(
    connection: Connection, lease: Lease, parked: UUID, events: Sequence[Recorded]
) -> Applied:
    """The rows of later events are there: rows of an earlier fold must not come among them."""
    attempt = connection.transaction()
    await attempt.start()
    before = await unpark(connection, lease, parked)
    applied = await apply(connection, lease, events)
    if any(fault.event.position <= before for fault in applied.faults):
        await attempt.rollback()
        return Applied(faults=applied.faults)
    await attempt.commit()
    return applied
