import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from commands.loaded import NEW
from commands.product.messages import SetPrice
from tests.appends import logged
from tests.commanded import commanded, write_side
from tests.product import register_lamp


async def test_every_one_of_many_writers_of_one_product_gets_its_turn(engine: AsyncEngine) -> None:
    writer = write_side(engine)
    await commanded(writer, register_lamp, expected=NEW)
    prices = [SetPrice(currency="USD", amount=amount) for amount in range(100)]
    receipts = await asyncio.gather(*(commanded(writer, price) for price in prices))
    assert sorted(receipt.version for receipt in receipts) == list(range(2, 102))
    assert len(await logged(engine)) == 101


async def test_two_processes_share_a_product(engine: AsyncEngine) -> None:
    here, there = write_side(engine), write_side(engine)
    await commanded(here, register_lamp, expected=NEW)
    prices = [SetPrice(currency="USD", amount=amount) for amount in range(40)]
    receipts = await asyncio.gather(
        *(commanded(here if n % 2 else there, price) for n, price in enumerate(prices))
    )
    assert sorted(receipt.version for receipt in receipts) == list(range(2, 42))
