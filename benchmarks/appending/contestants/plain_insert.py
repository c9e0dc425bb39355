"""One row a transaction into a table like the log's, by the same driver, nothing checked."""

from collections.abc import Awaitable, Callable

import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from benchmarks.appending.contestants.log import APPLICATION, MOST_CONNECTIONS
from benchmarks.asking.load import Load, Window, by_tasks
from benchmarks.material.story import ACTOR, CATALOG, CORRELATION_ID, PRICED
from events.database import driver, pool, statement

INSERT = statement("benchmarks.appending", "sql/insert.sql")
DIGEST = bytes(32)


def write(url: str, writers: int, window: Window) -> Load:
    return uvloop.run(_write(url, writers, window))


async def _write(url: str, writers: int, window: Window) -> Load:
    connections = min(writers, MOST_CONNECTIONS)
    async with pool(url, application=APPLICATION, pool_size=connections) as engine:
        return await by_tasks(window, [_inserting(engine)] * writers)


def _inserting(engine: AsyncEngine) -> Callable[[], Awaitable[None]]:
    async def insert() -> None:
        async with driver(engine) as connection:
            await connection.execute(
                INSERT,
                CATALOG,
                uuid7(),
                1,
                PRICED.type,
                PRICED.schema_version,
                PRICED.data,
                ACTOR,
                CORRELATION_ID,
                DIGEST,
            )

    return insert
