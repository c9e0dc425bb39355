"""What facets count, and that pages, totals and facets agree whatever a list is asked for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import chain
from typing import get_args
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from queries.database import ReadDatabase
from queries.lists import products
from queries.lists.filters import Filters, Status
from queries.lists.listing import Wanted
from queries.lists.orders import Sort
from queries.lists.products import Page
from queries.lists.totals import Totals
from tests import later, shelf
from tests.cursors import CURSORS
from tests.given import MAIN, Log, projected

SHELF = shelf.shelf()
EURO = Filters(currency="EUR")
FACETS = ("category", "brand", "status", "tag", "price", *(f"attr.{name}" for name in shelf.VALUES))


@pytest.fixture
async def stocked(engine: AsyncEngine) -> AsyncEngine:
    await shelf.stock(engine, SHELF)
    return engine


async def pages(engine: AsyncEngine, wanted: Wanted) -> AsyncIterator[Page]:
    database, cursor, totals = ReadDatabase(engine), None, Totals()
    while True:
        answer = await products.find(database, CURSORS, totals, wanted, cursor=cursor)
        page = answer.value
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return


def ids(page: Page) -> list[UUID]:
    return [UUID(msgspec.json.decode(item)["id"]) for item in page.items]


def counts(page: Page) -> dict[str, list[tuple[str, int]]]:
    return {
        name: [(each["value"], each["count"]) for each in msgspec.json.decode(facet)]
        for name, facet in page.facets.items()
    }


def filtered(filters: Filters, facet: str, value: str) -> Filters:
    """By a value of a facet, in place of what it was filtered by before."""
    others = shelf.without(filters, facet)
    match facet:
        case "category":
            return replace(others, category=value)
        case "brand":
            return replace(others, brand=value)
        case "status":
            return replace(others, status=msgspec.convert(value, Status))
        case "tag":
            return replace(others, tags=[value])
        case "price":
            low, high = map(int, value.split("-"))
            return replace(others, price_min=low, price_max=high)
        case _:
            name = facet.removeprefix("attr.")
            return replace(others, attributes={**others.attributes, name: value})


@pytest.mark.parametrize("facet", FACETS)
@pytest.mark.parametrize("q", [None, "lamp"])
async def test_a_count_is_the_total_that_its_value_would_have(
    stocked: AsyncEngine, facet: str, q: str | None
) -> None:
    filters = replace(EURO, q=q, tags=["new"], category="a", attributes={"watts": "40"})
    wanted = Wanted(catalog=MAIN, filters=filters, facets=[facet])
    [page] = [page async for page in pages(stocked, wanted)]
    found = counts(page)[facet]
    assert found
    for value, count in found:
        narrowed = replace(wanted, filters=filtered(filters, facet, value), facets=())
        answer = await products.find(ReadDatabase(stocked), CURSORS, Totals(), narrowed)
        assert answer.value.total == count, value


async def test_a_facet_has_its_hundred_most_frequent_values(engine: AsyncEngine) -> None:
    many = [
        replace(product, id=UUID(int=number), brand=f"B{number // 2:03}")
        for number, product in enumerate(shelf.shelf(241))
    ]
    await shelf.put(Log(engine), many)
    await projected(engine)
    wanted = Wanted(catalog=MAIN, filters=replace(EURO, status="any"), facets=["brand"])
    answer = await products.find(ReadDatabase(engine), CURSORS, Totals(), wanted)
    assert counts(answer.value)["brand"] == [(f"B{number:03}", 2) for number in range(100)]


_wanted = st.builds(
    Wanted,
    catalog=st.just(MAIN),
    filters=st.builds(
        Filters,
        q=st.none() | st.sampled_from(["lamp", "zebra lam", "acme", "2", "hell", "the"]),
        category=st.none() | st.sampled_from(["a", "a/b", "ab"]),
        status=st.sampled_from([None, "draft", "any", "archived"]),
        brand=st.none() | st.sampled_from(["Acme", "O'Neil"]),
        tags=st.lists(st.sampled_from(shelf.TAGS), max_size=2, unique=True),
        currency=st.sampled_from(shelf.CURRENCIES),
        price_min=st.none() | st.integers(0, 100),
        price_max=st.none() | st.integers(5, 10_000),
        attributes=st.dictionaries(
            st.sampled_from(sorted(shelf.VALUES)),
            st.sampled_from(["red", "40", "true"]),
            max_size=2,
        ),
        updated_since=st.none() | st.sampled_from(shelf.DAYS),
    ),
    sort=st.sampled_from(get_args(Sort.__value__)),
    limit=st.sampled_from([7, 50, 200]),
    facets=st.lists(st.sampled_from(FACETS), max_size=4, unique=True),
).filter(lambda wanted: wanted.sort != "relevance" or wanted.filters.q is not None)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wanted=_wanted)
async def test_whatever_is_asked_for(stocked: AsyncEngine, wanted: Wanted) -> None:
    await is_answered(stocked, wanted)


@pytest.fixture
async def changed(stocked: AsyncEngine) -> AsyncEngine:
    await later.happened(Log(stocked), SHELF)
    await projected(stocked, limits=[100, 200, 300])
    return stocked


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(wanted=_wanted)
async def test_whatever_is_asked_for_as_of_a_moment(changed: AsyncEngine, wanted: Wanted) -> None:
    filters = replace(wanted.filters, as_of=later.THEN)
    await is_answered(changed, replace(wanted, filters=filters))


async def is_answered(stocked: AsyncEngine, wanted: Wanted) -> None:
    """By the products of the shelf, and as plain Python has it."""
    matching = [product for product in SHELF if shelf.matches(product, wanted.filters)]
    found = [page async for page in pages(stocked, wanted)]
    seen = [*chain(*map(ids, found))]
    if wanted.sort == "relevance":
        assert len(seen) == len(matching)
        assert set(seen) == {product.id for product in matching}
    else:
        ordered = shelf.ordered(matching, wanted.sort, wanted.filters.currency)
        assert seen == [product.id for product in ordered]
    for page in found:
        assert (page.total, page.exact) == (len(matching), True)
        assert counts(page) == {
            name: shelf.facet(SHELF, wanted.filters, name) for name in wanted.facets
        }


async def test_they_are_sent_without_white_space(stocked: AsyncEngine) -> None:
    wanted = Wanted(catalog=MAIN, filters=EURO, facets=["tag"])
    page = await anext(pages(stocked, wanted))
    sent = page.facets["tag"].encode()
    assert sent == msgspec.json.encode(msgspec.json.decode(sent))
