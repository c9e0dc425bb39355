"""Who always loses against other processes makes them wait."""

import asyncio
from itertools import count
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands import handle
from commands.errors import NotPublishable, SkuTaken, VersionConflict
from commands.handle import Receipt
from commands.loaded import NEW, Loaded
from commands.product.messages import PublishProduct, SetPrice
from commands.write_side import WriteSide
from tests.appends import appender, asked, logged
from tests.commanded import LAMP, OTHER, commanded, rename, write_side
from tests.held_log import blocked, log_held
from tests.product import register_lamp


@pytest.fixture
async def loser(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> WriteSide:
    """It knows nothing of the lamp, and has lost too often already."""
    await commanded(write_side(engine), register_lamp, expected=NEW)
    monkeypatch.setattr(handle, "ATTEMPTS", 0)
    return write_side(engine)


async def test_every_one_of_many_writers_of_one_product_gets_its_turn(engine: AsyncEngine) -> None:
    side = write_side(engine)
    await commanded(side, register_lamp, expected=NEW)
    prices = [SetPrice(currency="USD", amount=amount) for amount in range(100)]
    receipts = await asyncio.gather(*(commanded(side, price) for price in prices))
    assert sorted(receipt.version for receipt in receipts) == list(range(2, 102))
    assert len(await logged(engine)) == 101


async def test_a_writer_is_not_starved_by_one_who_is_always_faster(
    engine: AsyncEngine,
) -> None:
    busy, amounts = write_side(engine), count()
    await commanded(busy, register_lamp, expected=NEW)

    class Outrun(WriteSide):
        async def load(self, stream: UUID) -> Loaded:
            loaded = await WriteSide.load(self, stream)
            await commanded(busy, SetPrice(currency="USD", amount=next(amounts)))
            return loaded

    modest = Outrun(appender(engine))
    receipt = await commanded(modest, rename)
    assert next(amounts) == handle.ATTEMPTS
    assert receipt.version == 1 + handle.ATTEMPTS + 1


async def test_alone_a_command_is_decided_on_the_product_as_it_is(
    engine: AsyncEngine, loser: WriteSide
) -> None:
    nudged: list[None] = []
    loser.appender.committed = lambda: nudged.append(None)
    assert await commanded(loser, rename, key="k") == Receipt(LAMP, "LAMP-1", 2, 2)
    assert len(await logged(engine)) == 2
    assert nudged
    known = loser.known(LAMP)
    assert known is not None
    assert known.version == 2


async def test_alone_a_key_is_kept_and_a_change_of_nothing_is_one(loser: WriteSide) -> None:
    first = await commanded(loser, rename, key="k")
    loser.hot.forget("main", LAMP)
    again = await commanded(loser, rename, key="k")
    assert (again.version, again.replayed) == (first.version, True)
    assert (await commanded(loser, rename)).version == 2


async def test_alone_a_refusal_leaves_nothing(engine: AsyncEngine, loser: WriteSide) -> None:
    with pytest.raises(NotPublishable):
        await commanded(loser, rename, PublishProduct())
    with pytest.raises(VersionConflict):
        await commanded(loser, rename, expected=7)
    with pytest.raises(SkuTaken):
        await commanded(loser, register_lamp, product=OTHER)
    assert len(await logged(engine)) == 1


async def test_who_gives_up_alone_leaves_nothing_and_stops_nobody(
    engine: AsyncEngine, loser: WriteSide
) -> None:
    async with log_held(engine):
        giving_up = asyncio.create_task(commanded(loser, rename))
        await blocked(engine)
        giving_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await giving_up
    await write_side(engine).appender.append(asked(OTHER))
    assert [event.stream_id for event in await logged(engine)] == [LAMP, OTHER]
