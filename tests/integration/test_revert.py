"""Reverts through the write side: what is appended, caused by what, and what refuses."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands import handle as handling
from commands.errors import IdempotencyKeyReused, SkuTaken, UnknownProduct, VersionConflict
from commands.handle import Receipt
from commands.load import load
from commands.product.messages import RenameProduct, SetPrice
from commands.product.state import Product
from commands.revert import revert
from commands.write_side import WriteSide
from events.append import Idempotent
from events.codec import Encoded
from events.database import driver
from events.errors import Undecodable, UnknownVersion
from events.product import PriceRemoved, ProductRenamed
from events.recorded import Recorded
from tests.appends import appended, asked, logged
from tests.commanded import ANN, LAMP, OTHER, commanded, rename, write_side
from tests.product import register_lamp
from tests.statements import statements

priced = SetPrice(currency="EUR", amount=1900)


@pytest.fixture
async def writer(engine: AsyncEngine) -> WriteSide:
    """Of a lamp that was given a price, and then another name: positions are versions."""
    side = write_side(engine)
    await commanded(side, register_lamp)
    await commanded(side, priced)
    await commanded(side, rename)
    return side


async def reverted(
    side: WriteSide, to: int, *, expected: int | None = None, key: str | None = None
) -> Receipt:
    idempotent = Idempotent(key=key, request_digest=f"to {to}".encode()) if key else None
    return await revert(side, LAMP, to, ANN, expected_version=expected, idempotent=idempotent)


async def since(side: WriteSide, version: int) -> list[Recorded]:
    return [event for event in await logged(side.appender.engine) if event.version > version]


async def test_new_events_lead_back_and_name_the_old_one(writer: WriteSide) -> None:
    assert await reverted(writer, to=1) == Receipt(LAMP, "LAMP-1", version=5, position=5)
    new = await since(writer, 3)
    assert [each.event for each in new] == [
        ProductRenamed(name="Lamp"),
        PriceRemoved(currency="EUR"),
    ]
    assert {(each.causation_id, each.actor) for each in new} == {("position:1", "ann")}


async def test_the_cause_is_where_the_version_stands_in_the_log(writer: WriteSide) -> None:
    await appended(writer.appender.engine, asked(OTHER))
    await commanded(writer, RenameProduct(name="Moon"))
    await reverted(writer, to=4)
    await reverted(writer, to=3)
    assert [each.causation_id for each in await since(writer, 4)] == ["position:3"]
    await reverted(writer, to=4)
    assert [each.causation_id for each in await since(writer, 5)] == ["position:5"]


async def test_a_revert_may_be_reverted(writer: WriteSide) -> None:
    await reverted(writer, to=1)
    await reverted(writer, to=3)
    async with driver(writer.appender.engine) as connection:
        now = await load(connection, "main", LAMP)
    assert isinstance(now.state, Product)
    assert (now.version, now.state.name, now.state.prices) == (7, "Sun", {"EUR": 1900})


async def test_back_to_what_it_is_keeps_the_version(writer: WriteSide) -> None:
    unchanged = Receipt(LAMP, "LAMP-1", version=3, position=3)
    assert await reverted(writer, to=3) == unchanged
    assert await reverted(writer, to=3, key="k") == unchanged
    assert await reverted(writer, to=3, key="k") == replace(unchanged, replayed=True)
    assert await since(writer, 3) == []


async def test_of_what_others_did_meanwhile_all_is_taken_back(writer: WriteSide) -> None:
    """What a process remembers may be old: it decides again."""
    elsewhere = write_side(writer.appender.engine)
    await commanded(elsewhere, SetPrice(currency="USD", amount=2000))
    assert (await reverted(writer, to=3)).version == 5
    assert [each.event for each in await since(writer, 4)] == [PriceRemoved(currency="USD")]


async def test_where_others_are_faster_every_time_it_is_decided_alone(
    writer: WriteSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handling, "ATTEMPTS", 0)
    await commanded(write_side(writer.appender.engine), SetPrice(currency="USD", amount=2000))
    assert (await reverted(writer, to=1)).version == 7


async def test_who_expects_another_version_is_told_what_happened_since(writer: WriteSide) -> None:
    with pytest.raises(VersionConflict) as conflict:
        await reverted(writer, to=1, expected=2)
    assert conflict.value.members["current_version"] == 3
    assert (await reverted(writer, to=1, expected=3)).version == 5


async def test_a_version_that_is_still_to_come_is_unknown(writer: WriteSide) -> None:
    with pytest.raises(UnknownVersion) as unknown:
        await reverted(writer, to=4)
    assert unknown.value.members == {"current_version": 3}


async def test_a_version_beyond_all_costs_no_folding(writer: WriteSide) -> None:
    await appended(writer.appender.engine, asked(LAMP, Encoded("ProductTeleported", 1, "{}")))
    with pytest.raises(UnknownVersion) as unknown:
        await reverted(writer, to=2**31 - 1)
    assert unknown.value.members == {"current_version": 4}


async def test_what_was_long_ago_is_folded_page_by_page(
    writer: WriteSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that others have their turn in between."""
    monkeypatch.setattr("events.log.FACTS_AT_ONCE", 1)
    with statements(writer.appender.engine) as asked_for:
        await reverted(writer, to=2)
    assert sum("e.version <= $4" in each for each in asked_for) == 2
    assert [each.event for each in await since(writer, 3)] == [ProductRenamed(name="Lamp")]


async def test_a_product_that_never_was_has_no_version(engine: AsyncEngine) -> None:
    with pytest.raises(UnknownProduct):
        await reverted(write_side(engine), to=1)


async def test_a_key_gets_its_first_answer_again_whatever_happened_since(
    writer: WriteSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await reverted(writer, to=1, key="k")
    await commanded(writer, RenameProduct(name="Moon"))
    assert await reverted(writer, to=1, key="k") == replace(first, replayed=True)
    with pytest.raises(IdempotencyKeyReused):
        await reverted(writer, to=9, key="k")

    async def unreadable(*_: object) -> None:
        raise Undecodable

    monkeypatch.setattr("commands.revert.load_at", unreadable)
    assert await reverted(writer, to=1, key="k") == replace(first, replayed=True)


@pytest.mark.parametrize("to", [1, 4])
async def test_what_can_t_be_read_refuses(writer: WriteSide, to: int) -> None:
    """Before the version that is asked for, or since."""
    await appended(writer.appender.engine, asked(LAMP, Encoded("ProductTeleported", 1, "{}")))
    with pytest.raises(Undecodable):
        await reverted(write_side(writer.appender.engine), to=to)


async def test_a_sku_that_another_product_has_by_now_refuses(writer: WriteSide) -> None:
    """Nothing of ours lets go of a SKU: the owner of the database does it by hand."""
    taken = f"update event_store.claims set stream_id = '{OTHER}' where value = 'LAMP-1'"
    async with driver(writer.appender.engine) as connection:
        await connection.execute(taken)
    with pytest.raises(SkuTaken) as refused:
        await reverted(writer, to=1)
    assert refused.value.members == {"product_id": str(OTHER)}
    assert await since(writer, 3) == []
    assert (await reverted(writer, to=3, key="k")).version == 3
