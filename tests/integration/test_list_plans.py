"""How lists are read where there are many products: by indexes, and no more than a page needs."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any, get_args

import asyncpg
import msgspec
import pytest
from sqlalchemy.engine import URL, make_url

from events.database import Connection
from projections.read_models import READ_TABLES
from queries.lists.filters import Filters
from queries.lists.listing import Wanted, composed
from queries.lists.orders import Sort
from queries.lists.products import PLAN_FOR_VALUES
from tests.crowded import fill, plan
from tests.given import MAIN
from tests.plans import nodes
from tests.servers import Servers

READ = {table.name for table in READ_TABLES}
RECENT = datetime.now(UTC) - timedelta(hours=2)
THEN = datetime.now(UTC) - timedelta(days=17)
"""When half of the products were what they are, and half were what they had been."""
NONE = Filters(currency="EUR")
FEW = {
    "q": (replace(NONE, q="rare12"), "product_search_words"),
    "prefix": (replace(NONE, q="word3 rare12"), "product_search_words"),
    "category": (replace(NONE, category="c1/d1"), "product_search_"),
    "status": (replace(NONE, status="archived"), "product_search_status"),
    "brand": (replace(NONE, brand="Brand 4001"), "product_search_brand"),
    "tag": (replace(NONE, tags=["u12"]), "product_search_words"),
    "price": (replace(NONE, price_min=1000, price_max=1100), "product_prices_amount"),
    "attribute": (replace(NONE, attributes={"code": "k12"}), "product_search_words"),
    "sku": (replace(NONE, sku="S-12"), "product_details_sku"),
    "updated": (replace(NONE, updated_since=RECENT), "product_details_updated_at"),
}
MANY = {
    "nothing": NONE,
    "q": replace(NONE, q="word3"),
    "category": replace(NONE, category="c1"),
    "status": replace(NONE, status="draft"),
    "any status": replace(NONE, status="any"),
    "brand": replace(NONE, brand="Brand 3"),
    "tag": replace(NONE, tags=["t3"]),
    "price": replace(NONE, price_min=1000),
    "attribute": replace(NONE, attributes={"color": "color 3"}),
    "updated": replace(NONE, updated_since=RECENT - timedelta(days=30)),
}
SORTS: tuple[Sort, ...] = get_args(Sort.__value__)
FACETS = ("category", "brand", "status", "tag", "price", "attr.color")
MOST_PAGES = 900
"""Of PostgreSQL's, for a first page out of thousands of products: the tables have 10,000."""


@pytest.fixture(scope="module")
def crowded(servers: Servers, worker_id: str) -> Iterator[str]:
    """The address of a database with 50,000 products."""
    template = make_url(servers.database_url).set(drivername="postgresql")
    made = template.set(database=f"crowded_{worker_id}")
    asyncio.run(
        _administer(template, f"create database {made.database} template {template.database}")
    )
    asyncio.run(_filled(made.render_as_string(hide_password=False)))
    yield made.render_as_string(hide_password=False)
    asyncio.run(_administer(template, f"drop database {made.database} with (force)"))


async def _administer(url: URL, statement: str) -> None:
    async with connected(url.set(database="postgres").render_as_string(hide_password=False)) as to:
        await to.execute(statement)


async def _filled(url: str) -> None:
    async with connected(url) as connection:
        await fill(connection)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def explained(url: str, *wanted: Wanted) -> list[dict[str, Any]]:
    async with connected(url) as connection:
        statements = [composed(each, None, counting=True) for each in wanted]
        return [
            msgspec.json.decode(await plan(connection, PLAN_FOR_VALUES, *each))[0]
            for each in statements
        ]


def scans(explained: dict[str, Any]) -> set[str]:
    """What is read from end to end."""
    found = nodes(explained["Plan"])
    return {node["Relation Name"] for node in found if "Seq Scan" in node["Node Type"]} & READ


def indexes(explained: dict[str, Any]) -> set[str]:
    return {node["Index Name"] for node in nodes(explained["Plan"]) if "Index Name" in node}


def wanted(filters: Filters, sort: Sort = "name", *facets: str) -> Wanted:
    return Wanted(catalog=MAIN, filters=filters, sort=sort, facets=facets)


@pytest.mark.parametrize("name", FEW)
async def test_what_few_products_have_is_found_by_its_index(crowded: str, name: str) -> None:
    filters, index = FEW[name]
    for each in await explained(crowded, wanted(filters), wanted(filters, "name", *FACETS)):
        assert any(used.startswith(index) for used in indexes(each)), indexes(each)
        assert not scans(each)


@pytest.mark.parametrize("as_of", [None, THEN], ids=["now", "then"])
@pytest.mark.parametrize("name", MANY)
async def test_nothing_is_read_from_end_to_end(
    crowded: str, name: str, as_of: datetime | None
) -> None:
    filters = replace(MANY[name], as_of=as_of)
    sorts = [sort for sort in SORTS if sort != "relevance" or filters.q]
    lists = [wanted(filters, sort) for sort in sorts]
    facets = [wanted(filters, "name", facet) for facet in FACETS]
    for each in await explained(crowded, *lists, *facets, wanted(filters, "name", *FACETS)):
        assert not scans(each)


async def test_nor_for_two_filters_at_once(crowded: str) -> None:
    for one, other in combinations([*MANY.values()][1:], 2):
        both = replace(NONE, **(changes(one) | changes(other)))
        for each in await explained(crowded, wanted(both), wanted(both, "-price", "category")):
            assert not scans(each)


def changes(filters: Filters) -> dict[str, Any]:
    names = NONE.__dataclass_fields__
    return {
        name: value for name in names if (value := getattr(filters, name)) != getattr(NONE, name)
    }


@pytest.mark.parametrize("sort", ["name", "sku", "-updated_at", "price", "-price"])
@pytest.mark.parametrize("name", ["nothing", "category", "status"])
@pytest.mark.parametrize(("as_of", "times"), [(None, 1), (THEN, 7)], ids=["now", "then"])
async def test_a_first_page_out_of_many_reads_little(
    crowded: str, name: str, sort: Sort, as_of: datetime | None, times: int
) -> None:
    """Of the past it passes what held at another time, here as much as is on the page."""
    for each in await explained(crowded, wanted(replace(MANY[name], as_of=as_of), sort)):
        read = each["Plan"]["Shared Hit Blocks"] + each["Plan"]["Shared Read Blocks"]
        assert read < times * MOST_PAGES
