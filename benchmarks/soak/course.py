"""The soak itself: callers, faults and a look at memory, and the verdict when all is quiet."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

from benchmarks.feeds import SAMPLE, Snapshot, imported, read_rows
from benchmarks.projected import projected
from benchmarks.read_questions import filtered, searches
from benchmarks.shop import PRODUCTS, PRODUCTS_KNOWN
from benchmarks.shoppers import Product
from benchmarks.soak.caller import Caller, Credentials
from benchmarks.soak.day import Day, Known
from benchmarks.soak.faults import Fault, Struck, struck
from benchmarks.soak.memory import Grown, Memory
from benchmarks.soak.oracle import Verdict, verdict
from benchmarks.soak.stage import Stage
from benchmarks.soak.tally import Tally
from benchmarks.story import CATALOG
from cli.sample_catalog import KNOWN_SINCE
from events.database import Connection, driver, pool
from events.log import read_heads

LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Outcome:
    tally: Tally
    faults: Sequence[Struck]
    memory: Sequence[Grown]
    verdict: Verdict
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
    """Raises TimeoutError where something does not come back."""
    known = await _filled(stage)
    tally, memory = Tally(requests), Memory(stage)
    began = monotonic()
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(memory.watch())
        days = [
            group.create_task(Day(Caller(stage.address, credentials, tally), known, n).live())
            for n in range(callers)
        ]
        done = [await _in_time(fault, tally, stage, say) for fault in faults]
        await asyncio.wait(days)
        grown = list(memory.grown())
        watching.cancel()
    seconds = monotonic() - began
    say(f"{tally.answered:,} answers in {seconds:.0f} s; comparing them with the log")
    return Outcome(tally, done, grown, await _judged(stage, tally), seconds)


async def _in_time(fault: Fault, tally: Tally, stage: Stage, say: Callable[[str], None]) -> Struck:
    while tally.share < fault.share:  # noqa: ASYNC110 -- each answer would have to tell
        await asyncio.sleep(LOOK_SECONDS)
    say(f"{tally.answered:,} answers; {fault.name}")
    return await struck(fault, stage)


async def _filled(stage: Stage) -> Known:
    rows = read_rows(SAMPLE)
    lines = list(Snapshot(KNOWN_SINCE, rows).lines(range(1)))
    async with pool(stage.installation.database_url, application="catalog-bench") as engine:
        report = await imported(engine, lines, KNOWN_SINCE)
        async with driver(engine) as connection:
            await projected(connection, report.position)
            found = await connection.fetch(PRODUCTS, PRODUCTS_KNOWN)
    products = [Product(*row) for row in found]
    return Known(products, filtered(rows), searches(rows))


async def _judged(stage: Stage, tally: Tally) -> Verdict:
    async with _connection(stage) as connection:
        heads = await read_heads(connection)
        await projected(connection, heads[CATALOG])
        return await verdict(connection, tally.writes)


@asynccontextmanager
async def _connection(stage: Stage) -> AsyncIterator[Connection]:
    url = stage.installation.database_url
    async with pool(url, application="catalog-bench") as engine, driver(engine) as connection:
        yield connection
