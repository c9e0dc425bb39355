"""Transactions whose plans look rows up by their keys.

A plan is kept for as long as its connection, and a table that was small when the plan was made
need not be small any more.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver, statement

_PROBE = statement(__package__, "sql/probe.sql")


@asynccontextmanager
async def probing(engine: AsyncEngine) -> AsyncIterator[Connection]:
    async with driver(engine) as connection, connection.transaction():
        await connection.execute(_PROBE)
        yield connection
