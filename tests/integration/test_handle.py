import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.errors import (
    NotPublishable,
    SkuTaken,
    UnknownProduct,
    VersionConflict,
)
from commands.handle import Receipt
from commands.loaded import NEW
from commands.product.messages import (
    PublishProduct,
    RenameProduct,
    SetPrice,
)
from commands.write_side import WriteSide
from events.errors import Undecodable
from events.product import PriceSet, ProductRenamed
from tests.appends import asked, logged
from tests.commanded import LAMP, MONDAY, OTHER, commanded, rename, write_side
from tests.product import register_lamp


@pytest.fixture
def writer(engine: AsyncEngine) -> WriteSide:
    return write_side(engine)


async def names(engine: AsyncEngine) -> Sequence[str]:
    return [e.event.name for e in await logged(engine) if isinstance(e.event, ProductRenamed)]


async def test_a_command_is_answered_with_a_receipt_and_recorded(writer: WriteSide) -> None:
    receipt = await commanded(writer, register_lamp, expected=NEW)
    assert receipt == Receipt(LAMP, "LAMP-1", version=1, position=1)
    [event] = await logged(writer.appender.engine)
    assert (event.actor, event.correlation_id, event.causation_id) == ("ann", "r-1", "r-0")
    assert (event.type, event.occurred_at) == ("ProductRegistered", MONDAY)


async def test_a_change_that_changes_nothing_returns_the_version_there_is(
    writer: WriteSide,
) -> None:
    await commanded(writer, register_lamp)
    assert await commanded(writer, rename) == Receipt(LAMP, "LAMP-1", version=2, position=2)
    assert await commanded(writer, rename) == Receipt(LAMP, "LAMP-1", version=2, position=2)
    assert len(await logged(writer.appender.engine)) == 2


async def test_who_expected_another_version_learns_what_happened_since(writer: WriteSide) -> None:
    await commanded(writer, register_lamp, SetPrice(currency="EUR", amount=1900))
    await commanded(writer, rename)
    with pytest.raises(VersionConflict) as conflict:
        await commanded(writer, RenameProduct(name="Moon"), expected=1)
    assert conflict.value.members["current_version"] == 3
    since = conflict.value.members["events_since"]
    assert isinstance(since, list)
    assert [(each["version"], each["type"], bytes(each["data"])) for each in since] == [
        (2, "PriceSet", b'{"amount":1900,"currency":"EUR"}'),
        (3, "ProductRenamed", b'{"name":"Sun"}'),
    ]
    assert (since[0]["position"], since[0]["actor"], since[0]["occurred_at"]) == (2, "ann", MONDAY)


async def test_the_expected_version_is_changed(writer: WriteSide) -> None:
    await commanded(writer, register_lamp)
    assert (await commanded(writer, rename, expected=1)).version == 2


async def test_a_version_of_the_future_is_a_conflict(writer: WriteSide) -> None:
    await commanded(writer, register_lamp)
    with pytest.raises(VersionConflict) as conflict:
        await commanded(writer, rename, expected=9)
    assert conflict.value.members == {"current_version": 1, "events_since": []}


async def test_of_two_who_expect_the_same_version_one_is_refused(writer: WriteSide) -> None:
    await commanded(writer, register_lamp)
    first, second = await asyncio.gather(
        *(commanded(writer, RenameProduct(name=name), expected=1) for name in ("Sun", "Moon")),
        return_exceptions=True,
    )
    assert {type(first), type(second)} == {Receipt, VersionConflict}
    assert len(await names(writer.appender.engine)) == 1


async def test_who_expects_no_version_decides_again(writer: WriteSide) -> None:
    await commanded(writer, register_lamp)
    wanted = [f"Lamp {number}" for number in range(6)]
    receipts = await asyncio.gather(
        *(commanded(writer, RenameProduct(name=name)) for name in wanted)
    )
    assert sorted(receipt.version for receipt in receipts) == [2, 3, 4, 5, 6, 7]
    assert sorted(await names(writer.appender.engine)) == wanted


async def test_writers_in_two_processes_both_succeed(writer: WriteSide) -> None:
    await commanded(writer, register_lamp)
    elsewhere = write_side(writer.appender.engine)
    for amount in range(10):
        prices = [SetPrice(currency=currency, amount=amount) for currency in ("EUR", "USD")]
        await asyncio.gather(commanded(writer, prices[0]), commanded(elsewhere, prices[1]))
    events = [recorded.event for recorded in await logged(writer.appender.engine)]
    assert len([event for event in events if isinstance(event, PriceSet)]) == 20


async def test_several_commands_are_all_or_nothing(writer: WriteSide) -> None:
    await commanded(writer, register_lamp)
    with pytest.raises(NotPublishable):
        await commanded(writer, rename, PublishProduct())
    assert len(await logged(writer.appender.engine)) == 1


async def test_a_taken_sku_names_its_holder(writer: WriteSide) -> None:
    await commanded(writer, register_lamp)
    with pytest.raises(SkuTaken) as taken:
        await commanded(writer, register_lamp, product=OTHER, expected=NEW)
    assert taken.value.members == {"product_id": str(LAMP)}


@pytest.mark.parametrize("expected", [None, NEW, 1])
async def test_what_is_not_registered_is_not_changed(
    writer: WriteSide, expected: int | None
) -> None:
    with pytest.raises(UnknownProduct):
        await commanded(writer, rename, expected=expected)


async def test_a_stream_without_a_registration_is_refused_as_unreadable(writer: WriteSide) -> None:
    await writer.appender.append(asked(LAMP))
    with pytest.raises(Undecodable):
        await commanded(writer, rename)
