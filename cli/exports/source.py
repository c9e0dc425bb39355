"""Where the products of an export come from."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.named import find_head
from events.database import Connection
from events.walk import moment
from projections.projection import Product
from queries.audit.then import products_then
from queries.lists.all_products import all_products, count_products, read_tables


@dataclass(frozen=True, slots=True)
class Source:
    """A catalog's products at one moment."""

    pages: Callable[[], AsyncIterator[list[Product]]]
    """From the first on, as often as it is called."""
    about: int
    """How many there may be: those of the log."""


@asynccontextmanager
async def source(
    engine: AsyncEngine, catalog: str, as_of: datetime | None
) -> AsyncIterator[Source]:
    """The products as they are read or, as of a moment of business time, folded from the log.

    Raises `NoSuchCatalog`.
    """
    if as_of is None:
        async with read_tables(engine) as connection:
            yield await _source(connection, catalog, partial(all_products, connection, catalog))
    else:
        async with moment(engine) as connection:
            then = partial(products_then, connection, catalog, as_of)
            yield await _source(connection, catalog, then)


async def _source(
    connection: Connection, catalog: str, pages: Callable[[], AsyncIterator[list[Product]]]
) -> Source:
    await find_head(connection, catalog)
    return Source(pages, await count_products(connection, catalog))
