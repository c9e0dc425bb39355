"""The list of products: filters, an order, pages by keyset, and facets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver, statement
from queries import listing
from queries.answer import Answer
from queries.cursor import Cursors
from queries.listing import Wanted, composed
from queries.orders import Place

PLAN_FOR_VALUES = statement(__package__, "sql/plan_for_values.sql")


@dataclass(frozen=True, slots=True)
class Page:
    items: Sequence[str]
    """Read documents as JSON."""
    next_cursor: str | None
    total: int
    exact: bool
    facets: Mapping[str, str]
    """By name, as JSON: values, the most frequent first, and how many products have each."""


async def find(
    engine: AsyncEngine, cursors: Cursors, wanted: Wanted, *, cursor: str | None = None
) -> Answer[Page]:
    """The products in their order, after `cursor`. Raises `InvalidCursor`."""
    of = ("products", wanted.catalog.key, wanted.filters, wanted.sort)
    after = cursors.open(cursor, Place, of=of) if cursor else None
    row = await _read(engine, *composed(wanted, after))
    documents: list[str] = row["documents"] or []
    more = len(documents) > wanted.limit
    page = Page(
        documents[: wanted.limit],
        cursors.seal(_place(row, wanted.limit), of=of) if more else None,
        min(row["total"], listing.COUNTED),
        row["total"] <= listing.COUNTED,
        dict(zip(wanted.facets, row["facets"], strict=True)),
    )
    return Answer(page, row["position"] or 0)


async def _read(engine: AsyncEngine, query: str, arguments: Sequence[object]) -> Record:
    async with driver(engine) as connection, connection.transaction(readonly=True):
        await connection.execute(PLAN_FOR_VALUES)
        [row] = await connection.fetch(query, *arguments)
    return row


def _place(row: Record, number: int) -> Place:
    """Of the page's product with that number, from 1."""
    key = row["keys"][number - 1]
    return Place(key.isoformat() if isinstance(key, datetime) else key, row["products"][number - 1])
