"""Appends to logs of several lengths, and streams read from them, without a service around.

Logs take turns within a round, so that whatever else the machine does befalls all alike.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

from benchmarks.growing.log import Log, Opened
from benchmarks.growing.measurements import Measurement, Place
from benchmarks.growing.plan import Plan
from benchmarks.harness.order import there_and_back
from benchmarks.harness.spread import spread

APPEND, STREAM = "append", "stream read"
WRITERS, READERS = 64, 16
ALONE = 400
"""Appends, or reads, of one after the other."""
READS = 1_600
"""Of READERS together."""

type Act = Callable[[], Awaitable[None]]


async def measure(
    logs: Sequence[Log], plan: Plan, told: Callable[[Measurement], None]
) -> list[Measurement]:
    """`told` hears of each as soon as it is there."""
    measured = []
    for n in range(plan.rounds_of_logs):
        for log in there_and_back(logs, n):
            async with log.opened() as opened:
                for each in await _turn(opened, Place(log.events, n), plan):
                    told(each)
                    measured.append(each)
    return measured


async def _turn(opened: Opened, place: Place, plan: Plan) -> list[Measurement]:
    await _per_second(opened.append, WRITERS, WRITERS)
    written = await _per_second(opened.append, plan.appends, WRITERS)
    await _per_second(opened.read, READERS, READERS)
    read = await _per_second(opened.read, READS, READERS)
    append, stream = [spread(await _seconds(act)) for act in (opened.append, opened.read)]
    return [
        *place.latency(APPEND, append.p50, append.p99),
        place.throughput(APPEND, written),
        *place.latency(STREAM, stream.p50, stream.p99),
        place.throughput(STREAM, read),
    ]


async def _seconds(act: Act) -> list[float]:
    """Of each, one after the other."""
    taken = []
    for _ in range(ALONE):
        began = perf_counter()
        await act()
        taken.append(perf_counter() - began)
    return taken


async def _per_second(act: Act, times: int, actors: int) -> float:
    """When so many share them."""
    share = times // actors

    async def go_on() -> None:
        for _ in range(share):
            await act()

    began = perf_counter()
    await asyncio.gather(*(go_on() for _ in range(actors)))
    return share * actors / (perf_counter() - began)
