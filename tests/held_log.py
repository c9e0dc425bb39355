"""A log that another writer holds: what is appended meanwhile has to wait."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from events.append import Append, Outcome
from events.appender import Appender
from events.database import driver
from tests.eventually import eventually

BLOCKED = """
    select pid from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'
"""


@asynccontextmanager
async def log_held(engine: AsyncEngine) -> AsyncIterator[None]:
    """While another writer has the lock on the log's head, none commits."""
    async with driver(engine) as connection, connection.transaction():
        await connection.execute("select from event_store.catalogs for update")
        yield


async def blocked(engine: AsyncEngine) -> int:
    """The backend of the writer that has come to the lock."""
    found: list[int] = []

    async def one_waits() -> bool:
        async with driver(engine) as connection:
            found.extend([row["pid"] for row in await connection.fetch(BLOCKED)])
        return bool(found)

    await eventually(one_waits)
    return found[0]


async def terminate(engine: AsyncEngine, backend: int) -> None:
    async with driver(engine) as connection:
        await connection.execute("select pg_terminate_backend($1)", backend)


async def gathered(appender: Appender, appends: list[Append]) -> list[asyncio.Task[Outcome]]:
    """Tasks whose appends are all in the appender's queue."""
    before = appender.waiting
    tasks = [asyncio.create_task(appender.append(each)) for each in appends]

    async def all_wait() -> bool:
        return appender.waiting == before + len(appends)

    await eventually(all_wait)
    return tasks
