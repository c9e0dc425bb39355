"""All of a catalog's log at one moment, in the order of its positions, with constant memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from asyncpg import Record
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from events.recorded import Recorded, reading, recorded

PAGE = 2_000
_WALK = reading("sql/walk_log.sql")
_WALK_STREAMS = reading("sql/walk_streams.sql")


@asynccontextmanager
async def moment(engine: AsyncEngine) -> AsyncIterator[Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    async with (
        driver(engine) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        yield connection


async def walk(connection: Connection, catalog: str) -> AsyncIterator[list[Recorded]]:
    """At most `PAGE` events at a time."""
    async for rows in pages(connection, _WALK, catalog):
        yield [recorded(row) for row in rows]


async def walk_streams(
    connection: Connection, catalog: str, first: UUID, last: UUID, upto: int
) -> AsyncIterator[list[Recorded]]:
    """The events of the streams from one id to another, by stream and version.

    None beyond the position `upto`, at most `PAGE` at a time, in a transaction that is open.
    """
    async for rows in pages(connection, _WALK_STREAMS, catalog, first, last, upto):
        yield [recorded(row) for row in rows]


async def pages(
    connection: Connection, query: str, *arguments: object
) -> AsyncIterator[list[Record]]:
    """A query's rows through a server-side cursor, in a transaction that is open already."""
    cursor = await connection.cursor(query, *arguments)
    while rows := await cursor.fetch(PAGE):
        yield rows
