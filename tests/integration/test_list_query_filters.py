"""Every filter, alone and together, against plain Python."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from queries.database import ReadDatabase
from queries.lists import listing, products
from queries.lists.filters import Filters
from queries.lists.listing import Wanted
from queries.lists.products import Page
from queries.lists.totals import Totals
from tests import shelf
from tests.cursors import CURSORS
from tests.given import MAIN

EURO = Filters(currency="EUR")
ALL = replace(EURO, status="any")
SHELF = shelf.shelf()
WORDS = (
    *("lamp", "LAMP", "lam", "l", "lamp 2", "2 lamp", "lamps lamp", "zebra with", "äpfel", "APFEL"),
    *(
        "strasse",
        "straß",
        "g.skill",
        "skill",
        "gskill",
        "oneil",
        "ddr56000",
        "abc",
        "405",
        "ddr5",
        "DDR5-6000",
        "6000 ddr",
        "a-b",
    ),
    *("2x16", "1e5", "1e", "e5 1e5", "o'neil", "acme red", "dimmable", "net", "40", "40.5", "new"),
    *("lamp & ! | (red):*", "b''", "lamp <-> red", "a/b/c", "unheard", SHELF[0].sku),
)
ASKED = {
    "nothing": [EURO],
    "status": [replace(EURO, status=status) for status in ("draft", "published", "archived")],
    "any status": [ALL],
    "words": [replace(ALL, q=each) for each in WORDS],
    "category": [replace(ALL, category=each) for each in ("a", "a/b", "a-b", "ab", "b", "c")],
    "brand": [replace(ALL, brand=each) for each in ("Acme", "acme", "O'Neil", "100%", "x")],
    "tags": [replace(ALL, tags=each) for each in (["new"], ["new", "a,b"], [*shelf.TAGS], ["x"])],
    "color": [replace(ALL, attributes={"color": each}) for each in ("red", "blue", "green", "")],
    "watts": [
        replace(ALL, attributes={"watts": each})
        for each in ("40", "40.0", "4e1", "40.5", "-1", "true", "9007199254740991", "NaN", "1e999")
    ],
    "dimmable": [
        replace(ALL, attributes={"dimmable": each}) for each in ("true", "false", "1", "True")
    ],
    "weight": [
        replace(ALL, attributes={"net.weight": each}) for each in ("0.1", "12", "12kg", "1e21")
    ],
    "price": [
        replace(ALL, currency=currency, price_min=low, price_max=high)
        for currency in ("EUR", "JPY", "USD")
        for low, high in ((10, None), (None, 10), (5, 99), (99, 5), (0, 0))
    ],
    "sku": [replace(ALL, sku=each) for each in (SHELF[0].sku, SHELF[0].sku.upper(), "none")],
    "updated since": [
        replace(ALL, updated_since=shelf.DAYS[3] + timedelta(microseconds=each))
        for each in (-1, 0, 1)
    ],
}


@pytest.fixture
async def stocked(engine: AsyncEngine) -> AsyncEngine:
    await shelf.stock(engine, SHELF)
    return engine


async def found(engine: AsyncEngine, filters: Filters, *, limit: int = 1000) -> Page:
    wanted = Wanted(catalog=MAIN, filters=filters, sort="sku", limit=limit)
    return (await products.find(ReadDatabase(engine), CURSORS, Totals(), wanted)).value


def skus(page: Page) -> list[str]:
    return [msgspec.json.decode(item)["sku"] for item in page.items]


def expected(filters: Filters) -> list[str]:
    matching = [product for product in SHELF if shelf.matches(product, filters)]
    return [product.sku for product in shelf.ordered(matching, "sku")]


@pytest.mark.parametrize("name", ASKED)
async def test_each_filter(stocked: AsyncEngine, name: str) -> None:
    pages = [await found(stocked, filters) for filters in ASKED[name]]
    wanted = [expected(filters) for filters in ASKED[name]]
    assert [skus(page) for page in pages] == wanted
    assert [(page.total, page.exact) for page in pages] == [(len(each), True) for each in wanted]
    assert any(wanted)


_attributes: st.SearchStrategy[Mapping[str, str]] = st.dictionaries(
    st.sampled_from(sorted(shelf.VALUES)), st.sampled_from(["red", "40", "true", "12"]), max_size=2
)
_filters = st.builds(
    Filters,
    q=st.none() | st.sampled_from(["lamp", "zebra lam", "acme", "2", "hell"]),
    category=st.none() | st.sampled_from(["a", "a/b", "ab"]),
    status=st.sampled_from([None, "draft", "published", "any"]),
    brand=st.none() | st.sampled_from(["Acme", "O'Neil"]),
    tags=st.lists(st.sampled_from(shelf.TAGS), max_size=2, unique=True),
    currency=st.sampled_from(shelf.CURRENCIES),
    price_min=st.none() | st.integers(0, 100),
    price_max=st.none() | st.integers(5, 10_000),
    attributes=_attributes,
    updated_since=st.none() | st.sampled_from(shelf.DAYS),
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(filters=_filters)
async def test_filters_together(stocked: AsyncEngine, filters: Filters) -> None:
    assert skus(await found(stocked, filters)) == expected(filters)


async def test_totals_are_exact_up_to_a_limit(
    stocked: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNTED", len(SHELF))
    page = await found(stocked, ALL, limit=1)
    assert (page.total, page.exact) == (len(SHELF), True)
    monkeypatch.setattr(listing, "COUNTED", len(SHELF) - 1)
    page = await found(stocked, ALL, limit=1)
    assert (page.total, page.exact) == (len(SHELF) - 1, False)
