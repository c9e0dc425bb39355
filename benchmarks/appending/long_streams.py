"""What a command costs on a long stream, beside one on a short stream of the same log.

Cold is the first command of a process on the stream, hot any later one. Streams of both lengths
take turns.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.harness.figures import figure, ratio
from benchmarks.harness.tables import table
from benchmarks.material.long_stream import command, price, process, write_stream
from events.database import pool

SHORT, LONG = 10, 10_000


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
    head = ["", "times as long", f"{SHORT} events, ms", f"{LONG:,} events, ms"]
    colds = [each.cold_short for each in rounds], [each.cold_long for each in rounds]
    hots = [each.hot_short for each in rounds], [each.hot_long for each in rounds]
    return table(head, [_row("cold", *colds), _row("hot", *hots)])


def _row(name: str, short: Sequence[float], long: Sequence[float]) -> list[str]:
    times = f"{ratio(long, short):.2f}"
    return [name, times, *(f"{figure([1e3 * each for each in it]):.2f}" for it in (short, long))]


async def _commanded(engine: AsyncEngine, stream: UUID) -> tuple[float, float]:
    """Seconds of a process's first command on the stream, and of its second."""
    side = process(engine)
    took: list[float] = []
    for _ in range(2):
        began = perf_counter()
        await command(side, stream, price())
        took.append(perf_counter() - began)
    await side.drain()
    return took[0], took[1]
