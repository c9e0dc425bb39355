"""A product with a long past, written as any is: by commands, which leave snapshots."""

from itertools import count
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from benchmarks.material.story import CATALOG
from commands.appending import KIND, Circumstances
from commands.handle import handle
from commands.loaded import NEW
from commands.product.messages import ProductCommand, RegisterProduct, SetPrice
from commands.write_side import WriteSide
from events.appender import Appender

PRICES_AT_ONCE = 50
CIRCUMSTANCES = Circumstances(actor="benchmark", correlation_id="benchmark")

amounts = count()


def process(engine: AsyncEngine) -> WriteSide:
    """One that knows nothing of any stream yet."""
    return WriteSide(Appender(engine, CATALOG, KIND, queue_limit=2_000, batch_limit=500))


async def write_stream(engine: AsyncEngine, length: int) -> UUID:
    """Of so many events: registered, then priced."""
    side, stream = process(engine), uuid7()
    await command(side, stream, RegisterProduct(sku=str(stream), name="Lamp"), expected=NEW)
    for written in range(1, length, PRICES_AT_ONCE):
        prices = [price() for _ in range(min(PRICES_AT_ONCE, length - written))]
        await command(side, stream, *prices)
    await side.drain()
    return stream


def price() -> SetPrice:
    """Another one each time."""
    return SetPrice(currency="USD", amount=next(amounts))


async def command(
    side: WriteSide, stream: UUID, *commands: ProductCommand, expected: int | None = None
) -> None:
    """Raises as `handle` does."""
    await handle(side, stream, commands, CIRCUMSTANCES, expected_version=expected)
