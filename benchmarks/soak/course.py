"""The soak itself: callers, faults and a look at memory, and the judgement when all is quiet."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

from benchmarks.asking.questions import filtered, searches
from benchmarks.asking.shop import PRODUCTS, PRODUCTS_KNOWN
from benchmarks.asking.shoppers import Product
from benchmarks.material.feeds import SAMPLE, imported, lines, read_rows
from benchmarks.material.projected import projected
from benchmarks.soak.caller import Caller, Credentials
from benchmarks.soak.day import Day, Known
from benchmarks.soak.faults import Fault, Struck, struck
from benchmarks.soak.judgement import Judgement, judged
from benchmarks.soak.memory import Grown, Memory
from benchmarks.soak.stage import Stage
from benchmarks.soak.tally import Tally
from cli.sample_catalog import KNOWN_SINCE
from events.database import driver, pool

LOOK_SECONDS = 0.1
STANDSTILL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    tally: Tally
    faults: Sequence[Struck]
    memory: Sequence[Grown]
    judgement: Judgement
    seconds: float


async def soak(
    stage: Stage,
    credentials: Credentials,
    *,
    requests: int,
    callers: int,
    faults: Sequence[Fault],
    say: Callable[[str], None],
) -> Outcome:
    """Raises TimeoutError, in a group, where something does not come back."""
    known = await _filled(stage)
    tally, memory = Tally(requests), Memory(stage)
    began = monotonic()
    async with asyncio.TaskGroup() as group:
        watching = [group.create_task(memory.watch()), group.create_task(_going_on(tally))]
        days = [
            group.create_task(Day(Caller(stage.address, credentials, tally), known, n).live())
            for n in range(callers)
        ]
        done = [await _in_time(fault, tally, stage, say) for fault in faults]
        await asyncio.wait(days)
        grown = list(memory.grown())
        for each in watching:
            each.cancel()
    seconds = monotonic() - began
    say(f"{tally.answered:,} answers in {seconds:.0f} s; comparing them with the log")
    return Outcome(tally, done, grown, await judged(stage, credentials, tally), seconds)


async def _going_on(tally: Tally) -> None:
    """Until cancelled. Raises TimeoutError when for so long nobody is answered but with 503."""
    answered = -1
    while tally.answered > answered:
        answered = tally.answered
        await asyncio.sleep(STANDSTILL_SECONDS)
    raise TimeoutError(f"nobody was answered for {STANDSTILL_SECONDS:g} s")


async def _in_time(fault: Fault, tally: Tally, stage: Stage, say: Callable[[str], None]) -> Struck:
    while tally.share < fault.share:  # noqa: ASYNC110 -- each answer would have to tell
        await asyncio.sleep(LOOK_SECONDS)
    say(f"{tally.answered:,} answers; {fault.name}")
    return await struck(fault, stage)


async def _filled(stage: Stage) -> Known:
    rows = read_rows(SAMPLE)
    async with pool(stage.installation.database_url, application="catalog-bench") as engine:
        report = await imported(engine, lines(rows, range(1)), KNOWN_SINCE)
        async with driver(engine) as connection:
            await projected(connection, report.position)
            found = await connection.fetch(PRODUCTS, PRODUCTS_KNOWN)
    products = [Product(*row) for row in found]
    return Known(products, filtered(rows), searches(rows))
