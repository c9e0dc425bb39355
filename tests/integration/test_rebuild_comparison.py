"""Rebuilt tables are compared with those that are read, before they take their place."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.product import PriceSet, ProductPublished, ProductRegistered, ProductRenamed
from projections import rebuild as rebuilding
from projections.errors import Difference, NeverEqualPositions, TablesDiffer
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
from tests.parking import discarded, newer_release, places, retried
from tests.rebuilding import before, executed, exists, live, rebuilt, states
from tests.tampering import DEEDS, YESTERDAY, Deed

desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
sun = ProductRenamed(name="Sun")
OTHER_CODE = "update projections.generations set code_digest = '' where state = 'live'"


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> Log:
    log = Log(engine)
    price = PriceSet(currency="EUR", amount=1)
    await log.given(LAMP, registered, price, occurred_at=YESTERDAY)
    await log.given(LAMP, ProductPublished())
    await log.given(DESK, desk, PriceSet(currency="EUR", amount=1))
    await projected(engine)
    outlet = await opened(engine, "outlet")
    await outlet.given(LAMP, registered, PriceSet(currency="EUR", amount=1))
    await projected(engine, "outlet")
    return log


@pytest.mark.parametrize("deed", DEEDS, ids=str)
async def test_what_was_done_to_a_row_by_hand_is_found(engine: AsyncEngine, deed: Deed) -> None:
    """In one catalog of two."""
    await executed(engine, deed.statement)
    done = await rebuilt(engine, accept_differences=True)
    assert done.differences
    (found,) = done.differences
    assert (found.catalog, found.table, found.products) == ("main", deed.table, 1)
    assert found.examples == [str(deed.product)]


async def test_unequal_tables_are_not_switched_to_unless_that_is_accepted(
    engine: AsyncEngine,
) -> None:
    await executed(
        engine, "update only read_1.product_prices set amount = 7 where catalog_id = 'main'"
    )
    with pytest.raises(TablesDiffer) as refused:
        await rebuilt(engine)
    both = sorted(map(str, (LAMP, DESK)))
    assert refused.value.differences == [Difference("main", "product_prices", 2, 2, 2, both)]
    assert await states(engine) == {1: "live", 2: "dropped"}
    assert not await exists(engine, 2)
    assert (await rebuilt(engine, accept_differences=True)).generation == await live(engine) == 3
    assert (await rebuilt(engine)).differences == []


async def test_it_tells_of_every_table_and_some_products(engine: AsyncEngine) -> None:
    await executed(engine, "delete from only read_1.product_prices")
    await executed(engine, "update only read_1.product_details set version = 7")
    done = await rebuilt(engine, accept_differences=True)
    both = sorted(map(str, (LAMP, DESK)))
    assert done.differences == [
        Difference("main", "product_details", 2, 2, 2, both),
        Difference("main", "product_prices", 0, 2, 2, both),
        Difference("outlet", "product_details", 1, 1, 1, [str(LAMP)]),
        Difference("outlet", "product_prices", 0, 1, 1, [str(LAMP)]),
    ]


async def test_where_other_code_made_them_differences_are_only_told(engine: AsyncEngine) -> None:
    await executed(engine, OTHER_CODE)
    await executed(engine, "delete from only read_1.product_prices where catalog_id = 'outlet'")
    done = await rebuilt(engine)
    assert done.differences == [Difference("outlet", "product_prices", 0, 1, 1, [str(LAMP)])]
    assert await live(engine) == 2


async def test_columns_that_only_one_has_are_no_difference(engine: AsyncEngine) -> None:
    await executed(engine, OTHER_CODE)
    await executed(engine, "alter table read_1.product_details add column stars integer")
    await executed(engine, "alter table read_1.product_search drop column brand cascade")
    done = await rebuilt(engine)
    assert done.differences == []
    async with driver(engine) as connection:
        row = await connection.fetchrow("select * from read.product_search")
    assert row
    assert "brand" in row.keys()  # noqa: SIM118 -- a record is a sequence of its values


async def test_tables_that_do_not_follow_the_log_can_not_be_compared(
    engine: AsyncEngine, shop: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "COMPARE_SECONDS", 0.3)
    head = await shop.given(LAMP, sun)
    with pytest.raises(NeverEqualPositions) as refused:
        await rebuilt(engine)
    assert refused.value.members == {"catalogs": ["main"]}
    assert await states(engine) == {1: "live", 2: "dropped"}

    monkeypatch.setattr(rebuilding, "ACCEPTING_SECONDS", 0.3)
    assert (await rebuilt(engine, accept_differences=True)).differences is None
    assert await live(engine) == 3
    assert await checkpoint(engine, generation=3) == head
    assert "sun" in (await rows(engine, generation=3))["product_search"][0]


async def test_what_comes_meanwhile_is_waited_for(
    engine: AsyncEngine, shop: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The live tables are behind when the comparison begins, and in front when they are met."""

    async def behind() -> None:
        await projected(engine)
        await shop.given(LAMP, sun)
        await projected(engine)

    await shop.given(DESK, sun)
    before(monkeypatch, "compare_all", behind)
    assert (await rebuilt(engine)).differences == []
    assert await checkpoint(engine, generation=2) == await checkpoint(engine)


async def test_a_stream_that_stands_still_in_the_new_tables_alone_is_a_difference(
    engine: AsyncEngine, shop: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told of it is not read yet, so that its rows are compared no more."""
    with monkeypatch.context() as newer:
        newer_release(newer, {"name": "Star"})
        at_fault = await shop.given_stored(LAMP, TELEPORTED)
        await projected(engine)
    with pytest.raises(TablesDiffer) as refused:
        await rebuilt(engine)
    assert refused.value.differences == [Difference("main", "parked", 0, 1, 1, [str(LAMP)])]
    done = await rebuilt(engine, accept_differences=True)
    assert done.differences == [Difference("main", "parked", 0, 1, 1, [str(LAMP)])]
    assert await places(engine, generation=3) == [(LAMP, at_fault)]


async def test_a_stream_that_stands_still_in_the_old_tables_may_go_on_in_the_new_ones(
    engine: AsyncEngine, shop: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.given_stored(LAMP, TELEPORTED)
    await projected(engine)
    newer_release(monkeypatch, {"name": "Star"})
    assert (await rebuilt(engine)).differences == []
    assert await places(engine, generation=2) == []
    assert "star" in (await rows(engine, generation=2))["product_search"][0]


async def test_a_stream_that_goes_on_without_an_event_meanwhile_does_so_in_both(
    engine: AsyncEngine, shop: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operator discards it when the new tables stand still before it already."""
    at_fault = await shop.given_stored(LAMP, TELEPORTED)
    await shop.given(LAMP, sun)
    await projected(engine)

    async def goes_on() -> None:
        await discarded(engine, LAMP, at_fault)
        await retried(engine)

    before(monkeypatch, "compare_all", goes_on)
    assert (await rebuilt(engine)).differences == []
    assert await places(engine, generation=2) == []
    assert await rows(engine, generation=2) == await rows(engine)
