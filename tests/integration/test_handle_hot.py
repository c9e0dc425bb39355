"""What a process knows of a stream saves a round trip, and is never believed beyond that."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.errors import SkuTaken, VersionConflict
from commands.hot import HotStreams
from commands.loaded import NEW, Loaded
from commands.product.messages import PublishProduct, RenameProduct, SetPrice
from commands.product.state import INITIAL
from commands.write_side import WriteSide
from events.database import driver
from events.product import ProductRenamed
from tests.appends import logged
from tests.commanded import LAMP, OTHER, commanded, rename, write_side
from tests.product import register_lamp
from tests.statements import statements

price = SetPrice(currency="EUR", amount=1900)


@pytest.fixture
async def here(engine: AsyncEngine) -> WriteSide:
    side = write_side(engine)
    await commanded(side, register_lamp, expected=NEW)
    return side


@pytest.fixture
def elsewhere(engine: AsyncEngine) -> WriteSide:
    return write_side(engine)


async def idle(*sides: WriteSide) -> None:
    """None of them holds a connection, so that the next is seen when it is lent."""
    for side in sides:
        await side.drain()


async def names(engine: AsyncEngine) -> list[str]:
    return [e.event.name for e in await logged(engine) if isinstance(e.event, ProductRenamed)]


@pytest.mark.parametrize("expected", [None, 1])
@pytest.mark.parametrize("key", [None, "k"])
async def test_a_hot_write_takes_one_round_trip(
    engine: AsyncEngine, here: WriteSide, expected: int | None, key: str | None
) -> None:
    await idle(here)
    with statements(engine) as sent:
        await commanded(here, rename, expected=expected, key=key)
        await commanded(here, price)
    assert ["event_store.append" in statement for statement in sent] == [True, True]


async def test_a_registration_takes_one_round_trip(engine: AsyncEngine, here: WriteSide) -> None:
    desk = replace(register_lamp, sku="DESK-1")
    await idle(here)
    with statements(engine) as sent:
        await commanded(here, desk, product=OTHER, expected=NEW)
    assert len(sent) == 1


async def test_what_somebody_else_changed_is_read_before_it_is_changed(
    engine: AsyncEngine, here: WriteSide, elsewhere: WriteSide
) -> None:
    await commanded(elsewhere, price)
    assert (await commanded(here, PublishProduct())).version == 3
    await idle(here, elsewhere)
    with statements(engine) as sent:
        await commanded(elsewhere, rename)
    assert len(sent) == 3  # an append that is refused, what came since, an append


async def test_nothing_to_do_is_only_said_of_the_product_as_it_is(
    engine: AsyncEngine, here: WriteSide, elsewhere: WriteSide
) -> None:
    await commanded(here, rename)
    await commanded(elsewhere, RenameProduct(name="Moon"))
    assert (await commanded(here, rename)).version == 4
    assert await names(engine) == ["Sun", "Moon", "Sun"]


async def test_a_version_that_only_others_know_is_accepted(
    here: WriteSide, elsewhere: WriteSide
) -> None:
    await commanded(elsewhere, price)
    assert (await commanded(here, rename, expected=2)).version == 3


async def test_a_version_that_only_this_process_holds_for_new_is_a_conflict(
    here: WriteSide, elsewhere: WriteSide
) -> None:
    await commanded(elsewhere, price)
    with pytest.raises(VersionConflict) as conflict:
        await commanded(here, rename, expected=1)
    assert conflict.value.members["current_version"] == 2


async def test_a_registration_of_what_is_there_is_a_conflict(here: WriteSide) -> None:
    with pytest.raises(VersionConflict):
        await commanded(here, register_lamp, expected=NEW)


async def test_a_refusal_leaves_what_is_known_as_it_was(
    engine: AsyncEngine, here: WriteSide
) -> None:
    with pytest.raises(SkuTaken):
        await commanded(here, register_lamp, product=OTHER, expected=NEW)
    assert here.known(OTHER) is None
    await idle(here)
    with statements(engine) as sent:
        await commanded(here, rename)
    assert len(sent) == 1


async def test_a_log_that_was_set_back_is_believed(engine: AsyncEngine, here: WriteSide) -> None:
    await commanded(here, rename)
    async with driver(engine) as connection:
        await connection.execute("""
            alter table event_store.events disable trigger all;
            delete from event_store.events where position = 2;
            alter table event_store.events enable trigger all;
            update event_store.streams set version = 1, position = 1;
            update event_store.catalogs set head = 1;
        """)
    assert (await commanded(here, RenameProduct(name="Moon"))).version == 2
    assert await names(engine) == ["Moon"]


def test_the_stream_that_rested_longest_gives_way() -> None:
    hot = HotStreams(limit=2)
    first, second, third = (Loaded(INITIAL, version, version) for version in (1, 2, 3))
    hot.learn("main", LAMP, first)
    hot.learn("main", OTHER, second)
    assert hot.known("main", LAMP) == first
    hot.learn("outlet", LAMP, third)
    assert hot.known("main", OTHER) is None
    assert (hot.known("main", LAMP), hot.known("outlet", LAMP)) == (first, third)


async def test_many_writers_in_two_processes_lose_nothing(
    engine: AsyncEngine, here: WriteSide, elsewhere: WriteSide
) -> None:
    prices = [SetPrice(currency="USD", amount=amount) for amount in range(120)]
    receipts = await asyncio.gather(
        *(commanded(here if n % 3 else elsewhere, price) for n, price in enumerate(prices))
    )
    assert sorted(receipt.version for receipt in receipts) == list(range(2, 122))
    assert len(await logged(engine)) == 121
