"""Brings a generation that is built to the very position where the live one stands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver, statement
from events.walk import moment
from projections.leases import Lease
from projections.projector import commit, prepare, project

BATCH = 2_000
CLOSE = 500
"""Fewer events than these are left for when the live generation stands still."""

_HOLD = statement(__package__, "sql/hold_checkpoint.sql")


async def catch_up(engine: AsyncEngine, lease: Lease, position: int) -> int:
    """Apply what is there, until little is left: the position reached. Raises `LeaseLost`."""
    async with driver(engine) as reader, driver(engine) as writer:
        batch = await prepare(reader, lease, position, BATCH)
        while len(batch.events) > CLOSE:
            written = await commit(writer, lease, batch)
            batch = await prepare(reader, lease, written.after, BATCH)
        return (await commit(writer, lease, batch)).after


async def advance_to(connection: Connection, lease: Lease, position: int, target: int) -> int:
    """Apply all up to the target, or further if it stands there already."""
    while position < target:
        batch = await project(connection, lease, position, min(BATCH, target - position))
        position = batch.after
    return position


@asynccontextmanager
async def met(
    engine: AsyncEngine, lease: Lease, position: int, live: int
) -> AsyncIterator[tuple[Connection | None, int]]:
    """A connection that sees both at one position, and that position.

    None where the live generation is not that far. It stands still only while they meet.
    """
    async with driver(engine) as holding, driver(engine) as writer, moment(engine) as seeing:
        async with holding.transaction():
            target = await holding.fetchval(_HOLD, lease.catalog, live) or 0
            if target < position:
                yield None, position
                return
            position = await advance_to(writer, lease, position, target)
            await seeing.execute("select")  # from here on it sees what there is now
        yield seeing, position
