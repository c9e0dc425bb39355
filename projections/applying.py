"""Events to rows: folded per stream, written with one statement a table, split where one fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from events.database import UNAVAILABLE, Connection
from events.recorded import Recorded
from projections import document as documents
from projections import product_details
from projections.generations import schema_of
from projections.leases import Lease
from projections.parking import Fault, fault, park, without_parked
from projections.projection import Folded
from projections.read_models import READ_MODELS

_OF_THE_DATA = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    ValueError,
)
_OF_THE_MACHINE = (asyncpg.PostgresError, *UNAVAILABLE, MemoryError)


@dataclass(frozen=True, slots=True)
class Applied:
    """The products as they are now, and the events whose streams were parked."""

    products: Sequence[Folded] = ()
    faults: Sequence[Fault] = ()


async def apply(connection: Connection, lease: Lease, events: Sequence[Recorded]) -> Applied:
    """Write what the events lead to. A stream that can't go on is parked, whole up to its event.

    To be called in a transaction that holds the checkpoint.
    """
    events = await without_parked(connection, lease, events)
    if not events:
        return Applied()
    try:
        async with connection.transaction():
            return Applied(await _write(connection, lease, events))
    except Exception as error:
        if not _is_of_the_data(error):
            raise
        if len(events) == 1:
            found = fault(events[0], error)
            await park(connection, lease, found)
            return Applied(faults=[found])
    return await _apply_halves(connection, lease, events)


async def _apply_halves(
    connection: Connection, lease: Lease, events: Sequence[Recorded]
) -> Applied:
    middle = len(events) // 2
    first = await apply(connection, lease, events[:middle])
    second = await apply(connection, lease, events[middle:])
    products = {each.document.id: each for each in (*first.products, *second.products)}
    return Applied(list(products.values()), [*first.faults, *second.faults])


def _is_of_the_data(error: Exception) -> bool:
    """Whether what the events say fails, and not the database, the way to it or this process."""
    return isinstance(error, _OF_THE_DATA) or not isinstance(error, _OF_THE_MACHINE)


async def _write(
    connection: Connection, lease: Lease, events: Sequence[Recorded]
) -> Sequence[Folded]:
    schema = schema_of(lease.generation)
    products = await _fold(connection, schema, lease.catalog, events)
    for write in READ_MODELS:
        await write(connection, schema, lease.catalog, products)
    return products


async def _fold(
    connection: Connection, schema: str, catalog: str, events: Sequence[Recorded]
) -> list[Folded]:
    streams: dict[UUID, list[Recorded]] = {}
    for each in events:
        streams.setdefault(each.stream_id, []).append(each)
    known = [stream for stream, history in streams.items() if history[0].version > 1]
    before = await product_details.read(connection, schema, catalog, known) if known else {}
    return [_folded(before.get(stream), history) for stream, history in streams.items()]


def _folded(document: documents.ProductDocument | None, history: Sequence[Recorded]) -> Folded:
    for each in history:
        document = documents.apply(document, each)
    assert document is not None  # noqa: S101 -- a stream of a batch has an event
    return Folded(document, documents.encode(document), history)
