"""Products a second, from a feed to the read tables, into an empty catalog.

Each round has a database of its own and a worker process of its own. Beside the import, the same
rows go by COPY into one table without any check: what the machine could do at best.
"""

import asyncio
import gzip
import json
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.server import create_database
from cli.processes import Child, running
from commands.appending import KIND, Circumstances
from commands.feeds import Importer
from commands.write_side import WriteSide
from events.appender import Appender
from events.database import driver, pool
from projections.projector import read_progress

CATALOG = "main"
OCCURRED_AT = datetime(2023, 11, 16, tzinfo=UTC)
PATIENCE_SECONDS = 120.0

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
    lines = list(_lines(feed, copies))
    done = [
        await _round(database_url, redis_url, directory, lines, n, kill=kill_worker and n % 2 == 1)
        for n in range(rounds)
    ]
    _print(len(lines), done)


def _lines(feed: Path, copies: int) -> Iterator[bytes]:
    packed = feed.read_bytes()
    text = gzip.decompress(packed) if feed.suffix == ".gz" else packed
    rows: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    for copy in range(copies):
        suffix = f"-{copy}" if copy else ""
        for row in rows:
            yield json.dumps(row | {"sku": row["sku"] + suffix}).encode()


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
    appender = Appender(engine, CATALOG, KIND, queue_limit=2_000, batch_limit=500)
    circumstances = Circumstances(
        actor="benchmark", correlation_id="benchmark", occurred_at=OCCURRED_AT
    )
    report = await Importer(WriteSide(appender), circumstances).run(lines)
    if report.created != len(lines):
        raise RuntimeError(report)
    return report.position


async def _projected(engine: AsyncEngine, position: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS), driver(engine) as connection:
        while (await read_progress(connection))[0].checkpoint < position:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


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
