"""All products of a catalog, as they are read at one moment, with constant memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, statement
from events.walk import moment, pages
from projections.projection import Product, stored

PAGE = 200
"""Products: one may have more than a megabyte."""

_LOCK = "lock table read.product_details in access share mode"
_WALK = statement(__package__, "sql/walk_products.sql")
_COUNT = statement(__package__, "sql/count_streams.sql")


@asynccontextmanager
async def read_tables(engine: AsyncEngine) -> AsyncIterator[Connection]:
    """A connection that sees the read tables as they are now.

    Its snapshot is made once they are locked: another generation's tables, which might come to be
    read in between, could be empty in an older one.
    """
    async with moment(engine) as connection:
        await connection.execute(_LOCK)
        yield connection


async def all_products(connection: Connection, catalog: str) -> AsyncIterator[list[Product]]:
    """In the order of their ids, which is that of their registration; at most `PAGE` at a time."""
    async for rows in pages(connection, _WALK, catalog, size=PAGE):
        yield [stored(row["document"], row["since"]) for row in rows]


async def count_products(connection: Connection, catalog: str) -> int:
    """How many the log knows, be they read by now or not."""
    return int(await connection.fetchval(_COUNT, catalog))
