"""A total is remembered as long as it is right, and never of another moment than its page."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.product import ProductArchived, ProductCategorised
from projections.interventions import finish
from projections.projection import Catalog
from queries.database import ReadDatabase
from queries.lists import products
from queries.lists.filters import Filters
from queries.lists.listing import Wanted
from queries.lists.products import Page
from queries.lists.totals import Totals
from tests.cursors import CURSORS
from tests.given import DESK, LAMP, MAIN, TELEPORTED, Log, opened, projected, registered
from tests.interventions import requested
from tests.parking import newer_release, retried
from tests.rebuilding import rebuilt
from tests.statements import statements

HOME = Filters(currency="EUR", category="home")
lamps = replace(registered, category="home/lamps")
desks = replace(registered, sku="DESK-1", category="home/desks")


@pytest.fixture
def totals() -> Totals:
    return Totals()


async def found(
    engine: AsyncEngine, totals: Totals, filters: Filters = HOME, catalog: Catalog = MAIN
) -> Page:
    wanted = Wanted(catalog=catalog, filters=filters, limit=1)
    return (await products.find(ReadDatabase(engine), CURSORS, totals, wanted)).value


async def counts(
    engine: AsyncEngine, totals: Totals, filters: Filters = HOME, catalog: Catalog = MAIN
) -> bool:
    """Whether it is counted for who asks now."""
    with statements(engine, "read") as seen:
        await found(engine, totals, filters, catalog)
    return any("count(*)" in each for each in seen)


async def test_what_has_been_counted_is_not_counted_again(
    engine: AsyncEngine, totals: Totals
) -> None:
    await Log(engine).given(LAMP, lamps)
    await Log(engine).given(DESK, desks)
    await projected(engine)
    first = await found(engine, totals)
    assert (first.total, first.exact) == (2, True)
    assert not await counts(engine, totals)
    assert await found(engine, totals) == first


@pytest.mark.parametrize(
    "other",
    [
        replace(HOME, category="home/lamps"),
        replace(HOME, status="any"),
        replace(HOME, tags=["new"]),
        replace(HOME, attributes={"color": "red"}),
        replace(HOME, q="lamp"),
    ],
)
async def test_other_filters_are_counted_for_themselves(
    engine: AsyncEngine, totals: Totals, other: Filters
) -> None:
    await Log(engine).given(LAMP, lamps)
    await projected(engine)
    await found(engine, totals)
    assert await counts(engine, totals, other)


async def test_another_catalog_has_its_own(engine: AsyncEngine, totals: Totals) -> None:
    """At the same position, in the same state."""
    await Log(engine).given(LAMP, lamps)
    await (await opened(engine, "other")).given(DESK, replace(desks, category="garden"))
    await projected(engine)
    await projected(engine, "other")
    assert (await found(engine, totals)).total == 1
    assert (await found(engine, totals, catalog=Catalog("other", "simple"))).total == 0
    assert (await found(engine, totals)).total == 1


async def test_a_write_counts(engine: AsyncEngine, totals: Totals) -> None:
    log = Log(engine)
    await log.given(LAMP, lamps)
    await projected(engine)
    assert (await found(engine, totals)).total == 1

    await log.given(DESK, desks)
    assert (await found(engine, totals)).total == 1
    await projected(engine)
    assert (await found(engine, totals)).total == 2

    await log.given(LAMP, ProductArchived())
    await projected(engine)
    assert (await found(engine, totals)).total == 1


async def test_so_does_what_had_been_parked(
    engine: AsyncEngine, totals: Totals, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(engine)
    await log.given(LAMP, lamps)
    await log.given_stored(LAMP, TELEPORTED)
    await log.given(LAMP, ProductCategorised(category="garden"))
    await projected(engine)
    assert (await found(engine, totals)).total == 1

    newer_release(monkeypatch, {"name": "Lamp"})
    await retried(engine)
    assert (await found(engine, totals)).total == 0


async def test_so_does_what_an_operator_has_made_anew(engine: AsyncEngine, totals: Totals) -> None:
    await Log(engine).given(LAMP, lamps)
    await projected(engine)
    async with driver(engine) as connection:
        await connection.execute("update only read_1.product_search set category = 'stolen'")
    assert (await found(engine, totals)).total == 0

    asked = await requested(engine, LAMP, "refold")
    await retried(engine)
    async with driver(engine) as connection:
        await finish(connection, asked, "done")
    assert (await found(engine, totals)).total == 1


async def test_another_generation_is_counted_anew(engine: AsyncEngine, totals: Totals) -> None:
    await Log(engine).given(LAMP, lamps)
    await projected(engine)
    await found(engine, totals)
    await rebuilt(engine)
    assert await counts(engine, totals)
    assert not await counts(engine, totals)


async def test_what_was_not_asked_for_the_longest_is_forgotten(engine: AsyncEngine) -> None:
    totals = Totals(kept=2)
    first, second, third = (replace(HOME, category=each) for each in "abc")
    for each in (first, second, first, third):
        await found(engine, totals, each)
    assert not await counts(engine, totals, first)
    assert not await counts(engine, totals, third)
    assert await counts(engine, totals, second)


async def test_the_past_s_are_forgotten_for_each_other_alone(engine: AsyncEngine) -> None:
    totals = Totals(kept=1, kept_of_past=1)
    one, other = (replace(HOME, as_of=datetime(2024, 1, day, tzinfo=UTC)) for day in (1, 2))
    for each in (HOME, one, other):
        await found(engine, totals, each)
    assert not await counts(engine, totals)
    assert not await counts(engine, totals, other)
    assert await counts(engine, totals, one)
