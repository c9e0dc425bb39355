"""A rebuild leads to the rows that the log has led to, whatever is in the log."""

from collections.abc import Sequence
from itertools import batched, count
from random import Random
from string import ascii_letters
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from events import walk
from events.codec import Encoded
from events.database import driver
from events.product import PriceSet, ProductEvent, ProductRegistered, ProductRenamed
from projections import portions, product_prices
from projections.generations import analyze
from projections.projection import Catalog, Product, ReadModel, Row
from projections.read_models import READ_MODELS, READ_TABLES
from tests.eventually import eventually
from tests.given import (
    DESK,
    LAMP,
    TELEPORTED,
    Log,
    checkpoint,
    opened,
    projected,
    registered,
    rows,
)
from tests.parking import discarded, places
from tests.product_events import logs
from tests.rebuilding import all_rows, before, live, rebuilt
from tests.shelf import events, put, shelf

desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
sun = ProductRenamed(name="Sun")
LONG = "".join(Random(3).choices(ascii_letters, k=9_000))
PAGES = """
select relallvisible, relpages from pg_class
where relnamespace = 'read_2'::regnamespace and relkind = 'r'
"""
numbers = count()


async def given_shelves(engine: AsyncEngine) -> None:
    """Several catalogs, and one that is empty; all are applied, in batches of any size."""
    await opened(engine, "empty")
    for catalog, size in (("main", 300), ("outlet", 120)):
        log = Log(engine) if catalog == "main" else await opened(engine, catalog)
        await put(log, shelf(size))
        for several in batched(shelf(size), 25):
            again = [(each.id, list(events(each))[1:]) for each in several if each.prices]
            await log.given_all(again)
        await projected(engine, catalog, limits=[7, 500, 31])


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams are longer than a page, and catalogs larger than a portion."""
    monkeypatch.setattr(walk, "PAGE", 3)
    monkeypatch.setattr(portions, "STREAMS", 7)


@pytest.mark.parametrize("parallel", [1, 4])
async def test_it_leads_to_the_rows_that_are_read(engine: AsyncEngine, parallel: int) -> None:
    await given_shelves(engine)
    read = await all_rows(engine, 1)
    done = await rebuilt(engine, parallel=parallel)
    assert done.differences == []
    assert await live(engine) == done.generation == 2
    assert await all_rows(engine, 2) == read == await all_rows(engine, 1)
    assert done.events == sum([await checkpoint(engine, catalog) for catalog in read])


async def test_scans_of_its_indexes_visit_no_rows(engine: AsyncEngine) -> None:
    """Who reads a page in that very moment keeps it from being marked: as with so few, most."""
    await given_shelves(engine)
    await rebuilt(engine)

    async def are_visible() -> bool:
        async with driver(engine) as connection:
            for table in READ_TABLES:
                await analyze(connection, 2, table)
            pages = await connection.fetch(PAGES)
        assert len(pages) == len(READ_TABLES)
        return all(row["relallvisible"] >= row["relpages"] / 2 for row in pages)

    await eventually(are_visible)


@pytest.mark.usefixtures("small_pages")
async def test_it_does_so_wherever_the_log_is_cut(engine: AsyncEngine) -> None:
    await given_shelves(engine)
    done = await rebuilt(engine)
    assert done.differences == []
    assert await all_rows(engine, 2) == await all_rows(engine, 1)


@pytest.mark.usefixtures("small_pages")
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(several=st.lists(logs(), min_size=1, max_size=2))
async def test_random_logs_lead_to_the_same_rows(
    engine: AsyncEngine, several: Sequence[Sequence[tuple[int, ProductEvent]]]
) -> None:
    catalogs = []
    for drawn in several:
        log = await opened(engine, f"log-{next(numbers)}")
        catalogs.append(log.catalog)
        for number, event in drawn:
            await log.given(UUID(int=number), event)
        await projected(engine, log.catalog, generation=await live(engine))
    done = await rebuilt(engine)
    assert done.differences == []
    for catalog in catalogs:
        made = await rows(engine, catalog, done.generation)
        assert made["product_details"]
        assert made == await rows(engine, catalog, done.generation - 1)


async def test_without_any_event_there_is_nothing_to_read(engine: AsyncEngine) -> None:
    done = await rebuilt(engine)
    assert (done.generation, done.events, done.differences) == (2, 0, [])
    assert not any((await rows(engine, generation=2)).values())
    await Log(engine).given(LAMP, registered)
    await projected(engine, generation=2)
    assert await all_rows(engine, 2) == await all_rows(engine, (await rebuilt(engine)).generation)


@pytest.mark.usefixtures("small_pages")
async def test_the_first_and_the_last_id_belong_to_streams_like_others(
    engine: AsyncEngine,
) -> None:
    for number, product in enumerate((UUID(int=0), LAMP, UUID(int=2**128 - 1))):
        new = ProductRegistered(sku=f"P-{number}", name="P", attributes={})
        await Log(engine).given(product, new)
    await projected(engine)
    assert (await rebuilt(engine)).differences == []
    assert len((await rows(engine, generation=2))["product_details"]) == 3


def _stored(type_: str, **data: object) -> Encoded:
    return Encoded(type_, 1, msgspec.json.encode(data).decode())


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize(
    "poison",
    [
        pytest.param(TELEPORTED, id="unknown"),
        pytest.param(_stored("ProductBranded", brand="a\0"), id="NUL"),
        pytest.param(_stored("PriceSet", currency="JPY", amount=2**70), id="a large amount"),
        pytest.param(_stored("ProductBranded", brand=LONG), id="too long for an index"),
    ],
)
async def test_a_stream_stands_still_before_the_same_event(
    engine: AsyncEngine, poison: Encoded
) -> None:
    log = Log(engine)
    await log.given(DESK, desk, PriceSet(currency="EUR", amount=1))
    await log.given(LAMP, registered, sun)
    at_fault = await log.given_stored(LAMP, poison)
    await log.given(LAMP, *[PriceSet(currency="EUR", amount=amount) for amount in range(5)])
    await log.given(DESK, sun)
    await projected(engine)
    assert (await rebuilt(engine)).differences == []
    assert await places(engine, generation=2) == [(LAMP, at_fault)]
    assert await all_rows(engine, 2) == await all_rows(engine, 1)


async def test_who_came_first_keeps_a_sku_that_two_products_have(engine: AsyncEngine) -> None:
    """Streams are filled by id; this is decided by the order of the log."""
    log = Log(engine)
    await log.given_all([(DESK, [registered]), (UUID(int=3), [desk])])
    at_fault = await log.given(LAMP, registered)
    await log.given(LAMP, sun)
    outlet = await opened(engine, "outlet")
    await outlet.given(LAMP, registered)
    for catalog in ("main", "outlet"):
        await projected(engine, catalog)
    assert (await rebuilt(engine)).differences == []
    assert await places(engine, generation=2) == [(LAMP, at_fault)]
    assert await all_rows(engine, 2) == await all_rows(engine, 1)
    await log.given(DESK, sun)
    await projected(engine, generation=2)
    assert (await rebuilt(engine)).differences == []


@pytest.mark.usefixtures("small_pages")
async def test_what_a_read_model_stumbles_over_is_found_event_by_event(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumbling(catalog: Catalog, product: Product) -> Sequence[Row]:
        if any(price.amount == 13 for price in product.document.prices):
            raise ArithmeticError(13)
        return product_prices.rows(catalog, product)

    made = ReadModel(product_prices.table, stumbling, product_prices.source)
    models = tuple(made if model.table is made.table else model for model in READ_MODELS)
    for module in ("projections.folding", "projections.writing"):
        monkeypatch.setattr(f"{module}.READ_MODELS", models)
    log = Log(engine)
    await put(log, shelf(30))
    await log.given(DESK, desk, PriceSet(currency="EUR", amount=12))
    at_fault = await log.given(DESK, PriceSet(currency="EUR", amount=13))
    await log.given(DESK, PriceSet(currency="EUR", amount=13), sun)
    await projected(engine)
    done = await rebuilt(engine)
    assert (done.differences, done.events) == ([], await checkpoint(engine, generation=2))
    assert await places(engine, generation=2) == [(DESK, at_fault)]
    assert await all_rows(engine, 2) == await all_rows(engine, 1)


@pytest.mark.usefixtures("small_pages")
async def test_nothing_is_made_of_an_event_that_was_discarded(engine: AsyncEngine) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    positions = [await log.given_stored(LAMP, TELEPORTED), await log.given(LAMP, sun)]
    for position in positions:
        await discarded(engine, LAMP, position)
    await log.given(LAMP, PriceSet(currency="EUR", amount=1))
    await projected(engine)
    assert (await rebuilt(engine)).differences == []
    assert await places(engine, generation=2) == []
    read = await all_rows(engine, 2)
    assert read == await all_rows(engine, 1)
    assert "Sun" not in read["main"]["product_search"][0]


@pytest.mark.parametrize("step", ["fill", "compare_all", "go_live"])
async def test_a_catalog_that_is_opened_meanwhile_is_there(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """It is read already when it is switched, and not from its beginning again."""

    async def opened_and_read() -> None:
        outlet = await opened(engine, "outlet")
        await outlet.given(LAMP, registered, sun)
        await projected(engine, "outlet")

    before(monkeypatch, step, opened_and_read)
    await rebuilt(engine)
    assert await checkpoint(engine, "outlet", generation=2) == 2
    assert await all_rows(engine, 2) == await all_rows(engine, 1)
