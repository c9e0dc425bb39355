"""Every order, page by page."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import chain
from typing import get_args
from uuid import UUID

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.product import ProductArchived, ProductRegistered
from projections.projection import Catalog
from queries.database import ReadDatabase
from queries.errors import InvalidCursor
from queries.lists import products
from queries.lists.filters import Filters
from queries.lists.listing import Wanted
from queries.lists.orders import Sort
from queries.lists.totals import Totals
from tests import shelf
from tests.cursors import CURSORS
from tests.given import MAIN, Log, projected

ALL = Filters(currency="EUR", status="any")
SHELF = shelf.shelf(120)
SORTS = [sort for sort in get_args(Sort.__value__) if sort != "relevance"]


@pytest.fixture
async def stocked(engine: AsyncEngine) -> AsyncEngine:
    await shelf.put(Log(engine), SHELF)
    await projected(engine)
    return engine


async def pages(
    engine: AsyncEngine, sort: Sort, limit: int, filters: Filters = ALL
) -> AsyncIterator[list[UUID]]:
    cursor = None
    while True:
        wanted = Wanted(catalog=MAIN, filters=filters, sort=sort, limit=limit)
        answer = await products.find(ReadDatabase(engine), CURSORS, Totals(), wanted, cursor=cursor)
        yield [UUID(msgspec.json.decode(item)["id"]) for item in answer.value.items]
        cursor = answer.value.next_cursor
        if cursor is None:
            return


def ids(found: list[shelf.Shelved]) -> list[UUID]:
    return [product.id for product in found]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("limit", [7, 40, 120])
async def test_all_pages_are_the_whole_in_order(
    stocked: AsyncEngine, sort: Sort, limit: int
) -> None:
    found = [page async for page in pages(stocked, sort, limit)]
    assert [*chain(*found)] == ids(shelf.ordered(SHELF, sort))
    assert {len(page) for page in found[:-1]} <= {limit}


async def test_prices_are_sorted_in_their_currency_and_those_without_come_last(
    stocked: AsyncEngine,
) -> None:
    for sort in ("price", "-price"):
        yen = replace(ALL, currency="JPY", status=None)
        matching = [product for product in SHELF if shelf.matches(product, yen)]
        found = [page async for page in pages(stocked, sort, 9, yen)]
        assert [*chain(*found)] == ids(shelf.ordered(matching, sort, "JPY"))
        assert matching
        assert not all(product.prices.get("JPY") for product in matching)


@pytest.mark.parametrize("sort", SORTS)
async def test_pages_survive_what_comes_and_goes_between_them(
    stocked: AsyncEngine, sort: Sort
) -> None:
    """What is there all the time is seen once."""
    log, visible = Log(stocked), replace(ALL, status=None)
    staying = [p for p in SHELF if shelf.matches(p, visible)]
    leaving = staying.pop()
    seen: list[UUID] = []
    number = 0
    async for page in pages(stocked, sort, 10, visible):
        seen += page
        number += 1
        new = ProductRegistered(sku=f"{'aZ'[number % 2]}-{number}", name="Lamp", attributes={})
        await log.given(UUID(int=number), new)
        if number == 1:
            await log.given(leaving.id, ProductArchived())
        await projected(stocked)
    known = set(ids(staying))
    assert [id_ for id_ in seen if id_ in known] == ids(shelf.ordered(staying, sort))
    assert len(seen) == len(set(seen))


async def test_an_answer_says_which_position_it_reflects(stocked: AsyncEngine) -> None:
    head = await Log(stocked).given(
        UUID(int=1), ProductRegistered(sku="x", name="x", attributes={})
    )
    answer = await products.find(
        ReadDatabase(stocked), CURSORS, Totals(), Wanted(catalog=MAIN, filters=ALL)
    )
    assert answer.position == head - 1
    await projected(stocked)
    answer = await products.find(
        ReadDatabase(stocked), CURSORS, Totals(), Wanted(catalog=MAIN, filters=ALL)
    )
    assert answer.position == head


@pytest.mark.parametrize(
    ("catalog", "filters", "sort"),
    [
        ("main", ALL, "sku"),
        ("main", ALL, "-price"),
        ("main", replace(ALL, currency="USD"), "price"),
        ("main", replace(ALL, attributes={"color": "red"}), "price"),
        ("other", ALL, "price"),
    ],
)
async def test_a_cursor_of_another_list_is_refused(
    stocked: AsyncEngine, catalog: str, filters: Filters, sort: Sort
) -> None:
    one = Wanted(catalog=MAIN, filters=ALL, sort="price", limit=1)
    cursor = (await products.find(ReadDatabase(stocked), CURSORS, Totals(), one)).value.next_cursor
    another = Wanted(catalog=Catalog(catalog, "simple"), filters=filters, sort=sort, limit=1)
    with pytest.raises(InvalidCursor):
        await products.find(ReadDatabase(stocked), CURSORS, Totals(), another, cursor=cursor)
