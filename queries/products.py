"""The list of products: filters, an order, and pages by keyset."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Text,
    and_,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import connected
from projections.product_details import table as details
from projections.product_prices import table as prices
from projections.product_search import table as search
from projections.tables import Checkpoint, Generation
from queries.answer import Answer
from queries.cursor import Cursors
from queries.filters import Filters, conditions, same_product

COUNTED = 10_000
"""Totals are exact up to here."""

type Sort = Literal["name", "price", "-price", "updated_at", "-updated_at", "sku"]


class Cursor(msgspec.Struct, frozen=True):
    key: str | int | None
    id: UUID


@dataclass(frozen=True, slots=True)
class Page:
    items: Sequence[str]
    """Read documents as JSON."""
    next_cursor: str | None
    total: int
    exact: bool


async def find(
    engine: AsyncEngine,
    cursors: Cursors,
    catalog: str,
    filters: Filters,
    *,
    sort: Sort,
    limit: int,
    cursor: str | None,
) -> Answer[Page]:
    """The products in the order of `sort`, after `cursor`. Raises `InvalidCursor`."""
    of = ("products", catalog, filters, sort)
    after = cursors.open(cursor, Cursor, of=of) if cursor else None
    matching = and_(search.c.catalog_id == catalog, *conditions(filters))
    page = _ordered(sort, filters.currency, after).where(matching).limit(limit + 1)
    async with connected(engine) as connection:
        position = await connection.scalar(_position(catalog))
        total = await connection.scalar(_count(matching))
        rows = (await connection.execute(page)).all()
    return Answer(_paged(rows, limit, total or 0, partial(cursors.seal, of=of)), position or 0)


def _paged(rows: Sequence[Row[Any]], limit: int, total: int, seal: Callable[[Cursor], str]) -> Page:
    following = None
    if len(rows) > limit:
        last = rows[limit - 1]
        key = last.key.isoformat() if isinstance(last.key, datetime) else last.key
        following = seal(Cursor(key, last.product_id))
    documents = [row.document for row in rows[:limit]]
    return Page(documents, following, min(total, COUNTED), total <= COUNTED)


def _position(catalog: str) -> Select[Any]:
    return (
        select(Checkpoint.position)
        .join(Generation, Generation.generation == Checkpoint.generation)
        .where(Generation.state == "live", Checkpoint.catalog_id == catalog)
    )


def _count(matching: ColumnElement[bool]) -> Select[Any]:
    found = select(search.c.product_id).where(matching).limit(COUNTED + 1)
    return select(func.count()).select_from(found.subquery())


def _ordered(sort: Sort, currency: str, after: Cursor | None) -> Select[Any]:
    key = _KEYS[sort.removeprefix("-")]
    columns = (
        search.c.product_id,
        key.label("key"),
        type_coerce(details.c.document, Text).label("document"),
    )
    rows = search.join(details, same_product(details))
    if key is prices.c.amount:
        priced = and_(same_product(prices), prices.c.currency == currency)
        rows = rows.join(prices, priced, isouter=True)
    page = select(*columns).select_from(rows)
    if after is not None:
        page = page.where(_beyond(sort, key, after))
    return page.order_by(*_order(sort, key))


def _order(sort: Sort, key: ColumnElement[Any]) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Products without a price come last, whichever way prices go."""
    identity = search.c.product_id
    directed = (key.desc(), identity.desc()) if sort.startswith("-") else (key.asc(), identity)
    return (directed[0].nulls_last(), directed[1]) if key is prices.c.amount else directed


def _beyond(sort: Sort, key: ColumnElement[Any], after: Cursor) -> ColumnElement[bool]:
    identity = search.c.product_id
    descending = sort.startswith("-")
    if after.key is None:
        later = identity < after.id if descending else identity > after.id
        return and_(key.is_(None), later)
    here, there = tuple_(key, identity), tuple_(literal(_typed(sort, after.key)), after.id)
    beyond = here < there if descending else here > there
    return or_(beyond, key.is_(None)) if key is prices.c.amount else beyond


def _typed(sort: Sort, key: str | int) -> str | int | datetime:
    if isinstance(key, str) and sort.removeprefix("-") == "updated_at":
        return datetime.fromisoformat(key)
    return key


_KEYS: dict[str, ColumnElement[Any]] = {
    "name": search.c.name,
    "sku": details.c.sku,
    "updated_at": details.c.updated_at,
    "price": prices.c.amount,
}
