"""Applies the log to the read tables, a batch at a time, each event exactly once.

A batch is prepared, which only reads, and committed, which only writes: so the next one is
prepared while one is committed.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import batched
from uuid import UUID

from events.database import Connection, statement
from events.log import read_log, read_stream
from events.recorded import Recorded
from projections.applying import apply, apply_what_can_be, is_of_the_data
from projections.code import code_digest
from projections.folding import FOLDED_AT_ONCE, Change, Fault, fold
from projections.generations import schema_of
from projections.leases import Lease, advance
from projections.parking import find_parked, read_held_back, unpark
from projections.projection import Product
from projections.writing import be_ready, erase, read

DOCUMENTS_BYTES = 64_000_000
"""That a batch may lead to, about: a large product may change its price a thousand times."""

_READ_PROGRESS = statement(__package__, "sql/read_progress.sql")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a catalog's log has been applied to the live generation."""

    catalog: str
    generation: int
    switched: int
    """Counts how often another generation came to be read."""
    code_digest: bytes
    head: int
    checkpoint: int
    lag_seconds: float
    """The age of the oldest event that has not been applied; 0 when all have been."""
    parked: int
    """How many streams are parked."""
    waiting: int
    """How many interventions wait for a worker."""

    @property
    def lag_events(self) -> int:
        return self.head - self.checkpoint

    @property
    def outdated(self) -> bool:
        """Whether the read tables are of other code: this process must not write them."""
        return self.code_digest != code_digest()


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction makes of the events between two positions."""

    before: int
    after: int
    events: Sequence[Recorded]
    changes: Sequence[Change]

    @property
    def faults(self) -> list[Fault]:
        """The events whose streams are parked."""
        return [change.fault for change in self.changes if change.fault]


async def read_progress(connection: Connection) -> list[Progress]:
    rows = await connection.fetch(_READ_PROGRESS)
    return [Progress(*row) for row in rows]


async def project(connection: Connection, lease: Lease, checkpoint: int, limit: int) -> Batch:
    """Apply at most `limit` events after `checkpoint`. Raises `LeaseLost`."""
    return await commit(connection, lease, await prepare(connection, lease, checkpoint, limit))


async def prepare(
    connection: Connection, lease: Lease, after: int, limit: int, ahead: Batch | None = None
) -> Batch:
    """What at most `limit` events after that position lead to.

    The batch `ahead`, which ends there, need not be committed yet.
    """
    read_ahead = await read_log(connection, lease.catalog, after=after, limit=limit)
    if not read_ahead:
        return Batch(after, after, (), ())
    streams = _by_stream(read_ahead)
    held_back = await read_held_back(connection, lease.catalog, lease.generation, streams)
    known = {change.stream_id: change for change in ahead.changes} if ahead else {}
    standing = {stream for stream, change in known.items() if change.fault} | {*held_back.parked}
    going = {stream: history for stream, history in streams.items() if stream not in standing}
    before = await _read_before(connection, lease, going, known)
    events = affordable(read_ahead, before)
    going = {stream: each for stream, each in _by_stream(events).items() if stream in going}
    changes = []
    for some in batched(going.items(), FOLDED_AT_ONCE):
        changes += [
            fold(before.get(stream), history, held_back.discarded) for stream, history in some
        ]
        await asyncio.sleep(0)
    return Batch(after, events[-1].position, events, changes)


def affordable(events: Sequence[Recorded], before: Mapping[UUID, Product]) -> Sequence[Recorded]:
    """The first of them, at least one: each may lead to a document, and those need memory."""
    sizes = {stream: len(product.body) for stream, product in before.items()}
    needed = 0
    for number, event in enumerate(events):
        sizes[event.stream_id] = sizes.get(event.stream_id, 0) + len(event.data)
        needed += sizes[event.stream_id]
        if needed > DOCUMENTS_BYTES and number:
            return events[:number]
    return events


def _by_stream(events: Iterable[Recorded]) -> dict[UUID, list[Recorded]]:
    streams: dict[UUID, list[Recorded]] = {}
    for each in events:
        streams.setdefault(each.stream_id, []).append(each)
    return streams


async def _read_before(
    connection: Connection,
    lease: Lease,
    streams: dict[UUID, list[Recorded]],
    known: dict[UUID, Change],
) -> dict[UUID, Product]:
    found = {
        stream: change.after
        for stream, change in known.items()
        if stream in streams and change.after
    }
    wanted = [
        stream
        for stream, history in streams.items()
        if stream not in known and history[0].version > 1
    ]
    if wanted:
        schema = schema_of(lease.generation)
        found |= await read(connection, schema, lease.catalog, wanted)
    return found


async def commit(connection: Connection, lease: Lease, batch: Batch) -> Batch:
    """Write a batch, in one transaction with the checkpoint: the batch as it was written.

    A stream that can't be stored is parked in the same transaction. Raises `LeaseLost`.
    """
    if not batch.events:
        return batch
    await be_ready(connection, schema_of(lease.generation), lease.catalog)
    try:
        async with connection.transaction():
            await advance(connection, lease, batch.before, batch.after)
            await apply(connection, lease, batch.changes)
    except Exception as error:
        if not is_of_the_data(error):
            raise
    else:
        return batch
    async with connection.transaction():
        await advance(connection, lease, batch.before, batch.after)
        changes = await apply_what_can_be(connection, lease, batch.changes)
    return Batch(batch.before, batch.after, batch.events, changes)


class _NoFurther(Exception):  # noqa: N818 -- it says what happened
    """A parked stream would stand still before an earlier event than it did."""


async def refold(connection: Connection, lease: Lease, checkpoint: int, product: UUID) -> Batch:
    """Make all that is read of a product anew, from its first event to the checkpoint.

    A parked one goes on as far as it can; if that is not as far as before, all stays as it was.
    Raises `LeaseLost`.
    """
    history = await read_stream(connection, lease.catalog, product)
    events = [each for each in history if each.position <= checkpoint]
    held_back = await read_held_back(connection, lease.catalog, lease.generation, [product])
    changes = [fold(None, events, held_back.discarded)] if events else []
    with suppress(_NoFurther):
        async with connection.transaction():
            await advance(connection, lease, checkpoint, checkpoint)
            stood_before = await find_parked(connection, lease, product) or 0
            await erase(connection, schema_of(lease.generation), lease.catalog, [product])
            changes = await apply_what_can_be(connection, lease, changes)
            faults = [each.fault for each in changes if each.fault]
            if any(fault.event.position < stood_before for fault in faults):
                raise _NoFurther
            if not faults:
                await unpark(connection, lease, product)
    return Batch(checkpoint, checkpoint, events, changes)
