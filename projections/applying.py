"""Changes to rows: all of a batch at once, or by halves where one of them can't be stored."""

from collections.abc import Sequence

import asyncpg

from events.database import UNAVAILABLE, Connection
from projections.folding import Change, fault, fold, stopped
from projections.generations import schema_of
from projections.leases import Lease, LeaseLost
from projections.parking import park
from projections.writing import write

_OF_THE_DATA = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    ValueError,
)
_OF_THE_MACHINE = (asyncpg.PostgresError, *UNAVAILABLE, LeaseLost, MemoryError)


def is_of_the_data(error: Exception) -> bool:
    """Whether what the events say fails, and not the database, this process or its lease."""
    return isinstance(error, _OF_THE_DATA) or not isinstance(error, _OF_THE_MACHINE)


async def apply(connection: Connection, lease: Lease, changes: Sequence[Change]) -> None:
    """Write what became of the products, and park those that stand still."""
    await write(connection, schema_of(lease.generation), lease.catalog, changes)
    for change in changes:
        if change.fault:
            await park(connection, lease, change.fault)


async def apply_what_can_be(
    connection: Connection, lease: Lease, changes: Sequence[Change]
) -> list[Change]:
    """The same for changes of which some can't be stored: the changes as they were made."""
    try:
        async with connection.transaction():
            await apply(connection, lease, changes)
    except Exception as error:
        if not is_of_the_data(error):
            raise
        if len(changes) == 1:
            return [await _apply_one_by_one(connection, lease, changes[0])]
    else:
        return list(changes)
    middle = len(changes) // 2
    first = await apply_what_can_be(connection, lease, changes[:middle])
    return first + await apply_what_can_be(connection, lease, changes[middle:])


async def _apply_one_by_one(connection: Connection, lease: Lease, change: Change) -> Change:
    """Each event of the product is tried again by itself, up to the one at fault."""
    product = change.before
    for event in change.events:
        step = fold(product, [event], change.discarded)
        try:
            async with connection.transaction():
                await apply(connection, lease, [step])
        except Exception as error:
            if not is_of_the_data(error):
                raise
            step = stopped(product, fault(event, error))
            await apply(connection, lease, [step])
        product = step.after
        if step.fault:
            return Change(change.before, product, change.events, fault=step.fault)
    return Change(change.before, product, change.events)
