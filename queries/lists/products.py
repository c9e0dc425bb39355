"""The list of products: filters, an order, pages by keyset, and facets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record

from events.database import statement
from queries.answer import Answer
from queries.cursor import Cursors
from queries.database import ReadDatabase
from queries.lists import listing
from queries.lists.listing import Wanted, composed
from queries.lists.orders import Place
from queries.lists.totals import Totals
from queries.moment import Moment, one_moment

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
    database: ReadDatabase,
    cursors: Cursors,
    totals: Totals,
    wanted: Wanted,
    *,
    cursor: str | None = None,
) -> Answer[Page]:
    """The products in their order, after `cursor`.

    Raises `InvalidCursor`, `DatabaseUnavailable`, `TooManyQueries` and `QueryTooSlow`.
    """
    of = ("products", wanted.catalog.key, wanted.filters, wanted.sort)
    after = cursors.open(cursor, Place, of=of) if cursor else None
    moment, total, row = await _read(database, totals, wanted, after)
    documents: list[str] = row["documents"] or []
    more = len(documents) > wanted.limit
    page = Page(
        documents[: wanted.limit],
        cursors.seal(_place(row, wanted.limit), of=of) if more else None,
        min(total, listing.COUNTED),
        total <= listing.COUNTED,
        dict(zip(wanted.facets, row["facets"], strict=True)),
    )
    return Answer(page, moment.position)


async def _read(
    database: ReadDatabase, totals: Totals, wanted: Wanted, after: Place | None
) -> tuple[Moment, int, Record]:
    past = wanted.filters.as_of is not None
    async with one_moment(database, wanted.catalog.key, past=past) as (connection, moment):
        known = totals.find(wanted.catalog.key, wanted.filters, moment.state)
        query, arguments = composed(wanted, after, counting=known is None)
        await connection.execute(PLAN_FOR_VALUES)
        [row] = await connection.fetch(query, *arguments)
    if known is None:
        known = row["total"]
        totals.keep(wanted.catalog.key, wanted.filters, moment.state, known)
    return moment, known, row


def _place(row: Record, number: int) -> Place:
    """Of the page's product with that number, from 1."""
    key = row["keys"][number - 1]
    return Place(key.isoformat() if isinstance(key, datetime) else key, row["products"][number - 1])
