import asyncio
from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.errors import IdempotencyKeyReused
from commands.handle import Receipt
from commands.loaded import NEW
from commands.product.messages import RegisterProduct, RenameProduct, SetPrice
from commands.write_side import WriteSide
from events.codec import Encoded
from events.errors import DatabaseUnavailable
from tests.commanded import LAMP, OTHER, commanded, rename, write_side
from tests.given import Log
from tests.product import register_lamp


@pytest.fixture
def writer(engine: AsyncEngine) -> WriteSide:
    return write_side(engine)


async def test_a_repeated_request_gets_its_first_answer(writer: WriteSide) -> None:
    first = await commanded(writer, register_lamp, key="k", expected=NEW)
    await commanded(writer, rename)
    again = await commanded(writer, register_lamp, key="k", product=OTHER, expected=NEW)
    assert again == Receipt(LAMP, first.sku, first.version, first.position, replayed=True)


async def test_a_request_repeated_before_its_answer_is_done_once(writer: WriteSide) -> None:
    receipts = await asyncio.gather(
        *(
            commanded(writer, register_lamp, key="k", product=UUID(int=number), expected=NEW)
            for number in range(1, 6)
        )
    )
    assert {(receipt.id, receipt.version, receipt.position) for receipt in receipts} == {
        (receipts[0].id, 1, 1)
    }
    assert [receipt.replayed for receipt in receipts].count(False) == 1


async def test_a_key_is_for_one_request(writer: WriteSide) -> None:
    await commanded(writer, register_lamp, key="k")
    with pytest.raises(IdempotencyKeyReused):
        await commanded(writer, rename, key="k")
    with pytest.raises(IdempotencyKeyReused):
        await commanded(writer, RegisterProduct(sku="X", name="X"), key="k", product=OTHER)


@pytest.mark.parametrize("expected", [None, 1])
async def test_a_repeated_change_is_not_judged_again(
    writer: WriteSide, expected: int | None
) -> None:
    await commanded(writer, register_lamp)
    await commanded(writer, rename, key="k", expected=expected)
    replayed = Receipt(LAMP, "LAMP-1", version=2, position=2, replayed=True)
    assert await commanded(writer, rename, key="k", expected=expected) == replayed
    await commanded(writer, RenameProduct(name="Moon"))
    assert await commanded(writer, rename, key="k", expected=expected) == replayed


async def test_a_repetition_that_overlaps_its_first_try_is_not_refused(
    writer: WriteSide, engine: AsyncEngine
) -> None:
    """Also by another process, which does not wait for this one's turn."""
    await commanded(writer, register_lamp, expected=NEW)
    elsewhere = write_side(engine)
    for version in range(1, 9):
        price = SetPrice(currency="USD", amount=version)
        key = f"price-{version}"
        receipts = await asyncio.gather(
            *(
                commanded(by, price, expected=version, key=key)
                for by in (writer, elsewhere, writer, elsewhere)
            )
        )
        assert {receipt.version for receipt in receipts} == {version + 1}


async def test_a_repeated_request_is_answered_though_its_product_became_unreadable(
    writer: WriteSide, engine: AsyncEngine
) -> None:
    first = await commanded(writer, register_lamp, key="k", expected=NEW)
    await Log(engine).given_stored(LAMP, Encoded("ProductTeleported", 7, "{}"))
    for process in (writer, write_side(engine)):
        again = await commanded(process, register_lamp, key="k", expected=NEW)
        assert again == replace(first, replayed=True)


async def test_a_request_that_changed_nothing_is_remembered_too(writer: WriteSide) -> None:
    await commanded(writer, register_lamp, expected=NEW)
    unchanged = await commanded(writer, RenameProduct(name=register_lamp.name), key="k")
    await commanded(writer, rename)
    again = await commanded(writer, RenameProduct(name=register_lamp.name), key="k")
    assert (unchanged.version, unchanged.position) == (1, 1)
    assert again == replace(unchanged, replayed=True)
    with pytest.raises(IdempotencyKeyReused):
        await commanded(writer, rename, key="k")


async def test_who_was_answered_before_is_not_refused_while_nobody_can_tell(
    writer: WriteSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL goes away between the decision and the look for the first answer."""
    await commanded(writer, register_lamp)
    await commanded(writer, rename, key="k", expected=1)

    async def away(*_: object) -> None:
        raise DatabaseUnavailable

    with monkeypatch.context() as outage:
        outage.setattr("commands.handle.find_receipt", away)
        with pytest.raises(DatabaseUnavailable):
            await commanded(writer, rename, key="k", expected=1)
    assert (await commanded(writer, rename, key="k", expected=1)).replayed
