"""Somebody holds what a worker needs, so that it stops in the middle of something."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from tests.eventually import eventually

WORKER = "catalog-worker"
REBUILD = "catalog-rebuild"

_WAITS = """
with backends as (
    select query, xact_start, wait_event_type is not distinct from 'Lock' as waits
    from pg_stat_activity
    where datname = current_database() and application_name = $1
)
select bool_or(waits and query like '%' || $2 || '%') and bool_and(waits or xact_start is null)
from backends
"""


@asynccontextmanager
async def held(engine: AsyncEngine, statement: str) -> AsyncIterator[None]:
    """Within a transaction in which this was the only statement."""
    async with driver(engine) as connection, connection.transaction():
        await connection.execute(statement)
        yield


async def waits(engine: AsyncEngine, application: str, saying: str = "") -> None:
    """Until one waits for a lock, with a statement in which this is found, and all others rest."""

    async def one_does() -> bool:
        async with driver(engine) as connection:
            return bool(await connection.fetchval(_WAITS, application, saying))

    await eventually(one_does)


async def applying_pid(engine: AsyncEngine) -> int | None:
    """The process that holds the catalog's lease."""
    async with driver(engine) as connection:
        holder = await connection.fetchval(
            "select k.holder from projections.checkpoints k"
            " join projections.generations g using (generation)"
            " where k.catalog_id = 'main' and g.state = 'live' and k.held_until > clock_timestamp()"
        )
    return int(holder.split(":")[-2]) if holder else None
