"""Feeds that were uploaded, and the jobs that import them."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from commands.feeds.jobs import IMPORT, ImportArguments
from commands.jobs import Job
from events.database import driver
from tests.asked_jobs import asked, runner
from workers.importing import Importing
from workers.job_attempt import Run
from workers.job_leases import Details, JobLease
from workers.job_report import Report
from workers.job_runner import JobRunner
from workers.uploads import Uploads


def lamp_lines(count: int) -> Iterator[bytes]:
    """As NDJSON."""
    for number in range(1, count + 1):
        yield json.dumps({"sku": f"LAMP-{number}", "name": f"Lamp {number}"}).encode() + b"\n"


def lying(settings: Settings) -> list[Path]:
    """The uploads that there are."""
    return list(settings.uploads_directory.iterdir())


async def uploaded(
    settings: Settings, engine: AsyncEngine, *lines: bytes, **asked_for: object
) -> Job:
    """The job of a feed that came over HTTP."""
    path = settings.uploads_directory / uuid4().hex
    path.parent.mkdir(exist_ok=True)
    feed = b"".join(lines)
    path.write_bytes(feed)
    told = {"file": path.name, "size": len(feed), "sha256": sha256(feed).hexdigest()}
    arguments = {"currency": "EUR", **told, **asked_for}
    return await asked(engine, IMPORT, **ImportArguments.of(arguments).told())


@asynccontextmanager
async def importer(
    settings: Settings, engine: AsyncEngine, wrapped: Callable[[Run], Run] = lambda run: run
) -> AsyncIterator[JobRunner]:
    """A worker that imports."""
    importing = Importing(settings, Uploads(settings.uploads_directory))
    runs = {IMPORT: wrapped(importing)}
    async with runner(engine, runs, ended=importing.ended) as worker:
        yield worker


def heard(run: Run, hear: Callable[[Mapping[str, Any]], None]) -> Run:
    """The same, and `hear` is told whatever the import tells."""

    async def overheard(
        engine: AsyncEngine, redis: Redis, lease: JobLease, report: Report
    ) -> Details:
        def both(progress: float, details: Details) -> None:
            report(progress, details)
            hear(details)

        return await run(engine, redis, lease, both)

    return overheard


async def registered(engine: AsyncEngine) -> list[tuple[str, str]]:
    """The SKUs of all events, in the order of the log, and the requests they came from."""
    async with driver(engine) as connection:
        rows = await connection.fetch(
            "select data->>'sku' as sku, correlation_id from event_store.events order by position"
        )
    return [(row["sku"], row["correlation_id"]) for row in rows]
