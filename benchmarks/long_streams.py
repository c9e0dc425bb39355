"""What a command costs on a long stream, beside one on a short stream of the same log.

Cold is the first command of a process on the stream, hot any later one. Streams of both lengths
take turns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import median
from time import perf_counter
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from benchmarks.story import CATALOG
from commands.appending import KIND, Circumstances
from commands.handle import handle
from commands.loaded import NEW
from commands.product.messages import ProductCommand, RegisterProduct, SetPrice
from commands.write_side import WriteSide
from events.appender import Appender
from events.database import pool

SHORT, LONG = 10, 10_000
PRICES_AT_ONCE = 50
CIRCUMSTANCES = Circumstances(actor="benchmark", correlation_id="benchmark")

amounts = count()


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds of a command."""

    cold_short: float
    cold_long: float
    hot_short: float
    hot_long: float


async def measure(url: str, rounds: int, long_length: int = LONG) -> list[Round]:
    """The long stream was written as any is: by commands, which leave snapshots."""
    async with pool(url, application="catalog-bench") as engine:
        long = await write_stream(engine, long_length)
        done: list[Round] = []
        for _ in range(rounds):
            short = await write_stream(engine, SHORT)
            cold_short, hot_short = await _commanded(engine, short)
            cold_long, hot_long = await _commanded(engine, long)
            done.append(Round(cold_short, cold_long, hot_short, hot_long))
        return done


def report(rounds: Sequence[Round]) -> Iterator[str]:
    """Medians, and those of the ratios within each round."""
    for name, short, long in (
        ("cold", [each.cold_short for each in rounds], [each.cold_long for each in rounds]),
        ("hot", [each.hot_short for each in rounds], [each.hot_long for each in rounds]),
    ):
        ratio = median(one / other for one, other in zip(long, short, strict=True))
        yield (
            f"{name}: {median(short) * 1e3:.2f} ms with {SHORT} events,"
            f" {median(long) * 1e3:.2f} ms with {LONG:,}: ratio {ratio:.2f}"
        )


def _process(engine: AsyncEngine) -> WriteSide:
    """One that knows nothing of any stream yet."""
    return WriteSide(Appender(engine, CATALOG, KIND, queue_limit=2_000, batch_limit=500))


async def write_stream(engine: AsyncEngine, length: int) -> UUID:
    side, stream = _process(engine), uuid7()
    await _command(side, stream, RegisterProduct(sku=str(stream), name="Lamp"), expected=NEW)
    for written in range(1, length, PRICES_AT_ONCE):
        prices = [_price() for _ in range(min(PRICES_AT_ONCE, length - written))]
        await _command(side, stream, *prices)
    await side.drain()
    return stream


async def _commanded(engine: AsyncEngine, stream: UUID) -> tuple[float, float]:
    """Seconds of a process's first command on the stream, and of its second."""
    side = _process(engine)
    took: list[float] = []
    for _ in range(2):
        began = perf_counter()
        await _command(side, stream, _price())
        took.append(perf_counter() - began)
    await side.drain()
    return took[0], took[1]


def _price() -> SetPrice:
    return SetPrice(currency="USD", amount=next(amounts))


async def _command(
    side: WriteSide, stream: UUID, *commands: ProductCommand, expected: int | None = None
) -> None:
    await handle(side, stream, commands, CIRCUMSTANCES, expected_version=expected)
