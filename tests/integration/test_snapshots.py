import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands import snapshots
from commands.load import Unfolded, load_all
from commands.loaded import NEW
from commands.product.messages import SetPrice
from commands.product.state import Product
from commands.snapshots import EVERY, keep_snapshot, read_snapshots
from commands.write_side import WriteSide
from events.database import driver
from tests.appends import logged
from tests.commanded import LAMP, commanded, rename, write_side
from tests.product import register_lamp

LONG = 2 * EVERY + EVERY // 2


async def with_long_history(engine: AsyncEngine) -> WriteSide:
    side = write_side(engine)
    await commanded(side, register_lamp, expected=NEW)
    prices = (SetPrice(currency="USD", amount=amount) for amount in range(1, LONG))
    await asyncio.gather(*(commanded(side, price) for price in prices))
    await side.drain()
    return side


async def unfolded(engine: AsyncEngine, stream: UUID = LAMP) -> Unfolded:
    async with driver(engine) as connection:
        return (await load_all(connection, "main", [stream]))[stream]


async def test_a_long_stream_is_read_from_its_last_snapshot(engine: AsyncEngine) -> None:
    await with_long_history(engine)
    found = await unfolded(engine)
    assert found.base.version == 2 * EVERY
    assert len(found.since) == LONG - 2 * EVERY
    loaded = found.fold()
    assert (loaded.version, loaded.position) == (LONG, LONG)
    assert isinstance(loaded.state, Product)
    assert loaded.state.prices == {"USD": LONG - 1}


async def test_a_short_stream_has_none(engine: AsyncEngine) -> None:
    side = write_side(engine)
    await commanded(side, register_lamp, rename)
    await side.drain()
    assert (await unfolded(engine)).base.version == 0


async def test_the_snapshot_of_other_code_is_not_found(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_long_history(engine)
    monkeypatch.setattr(snapshots, "CODE_DIGEST", b"another deployment")
    found = await unfolded(engine)
    assert (found.base.version, len(found.since)) == (0, LONG)
    assert (await commanded(write_side(engine), rename)).version == LONG + 1


async def test_who_has_read_a_long_stream_keeps_a_snapshot(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await with_long_history(engine)
    monkeypatch.setattr(snapshots, "CODE_DIGEST", b"another deployment")
    side = write_side(engine)
    await side.load(LAMP)
    await side.drain()
    assert (await unfolded(engine)).base.version == LONG


async def test_an_older_snapshot_does_not_replace_a_newer_one(engine: AsyncEngine) -> None:
    await with_long_history(engine)
    async with driver(engine) as connection:
        newest = (await read_snapshots(connection, "main", [LAMP]))[LAMP]
        await keep_snapshot(connection, "main", LAMP, replace(newest, version=EVERY))
        assert (await read_snapshots(connection, "main", [LAMP]))[LAMP] == newest


async def test_a_snapshot_that_cannot_be_kept_costs_nothing_but_itself(
    engine: AsyncEngine,
) -> None:
    async with driver(engine) as connection:
        await connection.execute(
            "alter table event_store.snapshots add constraint full_disk check (version < 0)"
        )
    side = await with_long_history(engine)
    side.hot.forget("main", LAMP)
    assert (await commanded(side, rename)).version == LONG + 1
    await side.drain()
    assert len(await logged(engine)) == LONG + 1


@pytest.mark.parametrize("state", ["{}", '{"sku":"\\ud800"}', "[]"])
async def test_a_snapshot_that_cannot_be_read_is_as_good_as_none(
    engine: AsyncEngine, state: str
) -> None:
    await with_long_history(engine)
    async with driver(engine) as connection:
        await connection.execute("update event_store.snapshots set state = $1", state)
    assert (await unfolded(engine)).base.version == 0
    assert (await commanded(write_side(engine), rename)).version == LONG + 1
