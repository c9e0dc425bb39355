"""Products a second, from a feed to the read tables, into an empty catalog.

Each round has a database of its own and a worker process of its own. Beside the import, the same
rows go by COPY into one table without any check: what the machine could do at best.
"""

import asyncio
import os
import sys
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.feeds import Snapshot, imported, read_rows
from benchmarks.projected import projected
from benchmarks.server import create_database
from cli.processes import Child, running
from cli.sample_catalog import KNOWN_SINCE
from events.database import driver, pool

DIGEST = """
select md5(string_agg(sku || version || (document::jsonb - 'id')::text, '' order by sku))
from read.product_details
"""


@dataclass(frozen=True, slots=True)
class Round:
    appended_seconds: float
    readable_seconds: float
    copy_seconds: float
    digest: str
    """Of all read documents but their ids, which differ from round to round."""
    killed: bool


async def measure(
    database_url: str,
    redis_url: str,
    directory: Path,
    feed: Path,
    *,
    copies: int,
    rounds: int,
    kill_worker: bool,
) -> None:
    lines = list(Snapshot(KNOWN_SINCE, read_rows(feed)).lines(range(copies)))
    done = [
        await _round(database_url, redis_url, directory, lines, n, kill=kill_worker and n % 2 == 1)
        for n in range(rounds)
    ]
    _print(len(lines), done)


async def _round(
    database_url: str, redis_url: str, directory: Path, lines: list[bytes], n: int, *, kill: bool
) -> Round:
    url = await create_database(database_url, f"round_{n}")
    environment = os.environ | {
        "CATALOG_DATABASE_URL": url,
        "CATALOG_REDIS_URL": redis_url.replace("db=0", f"db={n % 16}"),
        "CATALOG_WORKER_PORT": "0",
    }
    async with pool(url, application="catalog-bench", pool_size=4) as engine:
        with ExitStack() as stack:
            worker = stack.enter_context(_worker(directory, environment))
            began = perf_counter()
            importing = asyncio.create_task(_import(engine, lines))
            if kill:
                await _projected(engine, len(lines) // 2)
                worker.process.kill()
                stack.enter_context(_worker(directory, environment))
            head = await importing
            appended = perf_counter() - began
            await _projected(engine, head)
            readable = perf_counter() - began
        return Round(appended, readable, await _copy(engine, lines), await _digest(engine), kill)


def _worker(directory: Path, environment: dict[str, str]) -> AbstractContextManager[Child]:
    return running("worker", [sys.executable, "-m", "cli", "worker"], directory, env=environment)


async def _import(engine: AsyncEngine, lines: list[bytes]) -> int:
    """The position of the feed's last event."""
    report = await imported(engine, lines, KNOWN_SINCE)
    if report.created != len(lines):
        raise RuntimeError(report)
    return report.position


async def _projected(engine: AsyncEngine, position: int) -> None:
    async with driver(engine) as connection:
        await projected(connection, position)


async def _copy(engine: AsyncEngine, lines: list[bytes]) -> float:
    async with driver(engine) as connection:
        await connection.execute("create table copied (row json)")
        began = perf_counter()
        await connection.copy_records_to_table(
            "copied", records=[(line.decode(),) for line in lines]
        )
        return perf_counter() - began


async def _digest(engine: AsyncEngine) -> str:
    async with driver(engine) as connection:
        return str(await connection.fetchval(DIGEST))


def _print(rows: int, rounds: list[Round]) -> None:
    for n, each in enumerate(rounds, 1):
        print(
            f"round {n}: appended {rows / each.appended_seconds:7,.0f}/s,"
            f" readable {rows / each.readable_seconds:7,.0f}/s,"
            f" COPY {rows / each.copy_seconds:9,.0f}/s, documents {each.digest}"
            f"{', worker killed half-way' if each.killed else ''}"
        )
    appended = median(rows / each.appended_seconds for each in rounds)
    readable = median(rows / each.readable_seconds for each in rounds)
    ratio = median(each.readable_seconds / each.copy_seconds for each in rounds)
    print(
        f"{rows:,} products: {appended:,.0f}/s until appended, {readable:,.0f}/s until readable"
        f" (medians); {ratio:.1f} times as long as COPY of the rows into one table"
    )
    if len({each.digest for each in rounds}) > 1:
        sys.exit("the rounds ended in different read tables")
