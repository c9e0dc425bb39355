"""A worker imports what was uploaded, and tells of it."""

import asyncio
import gzip
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.refusals import problem_type
from api.settings import Settings
from commands import jobs
from commands.errors import EmptyFeed, ImportRunning, TooManyErrors, UnreadableFeed
from commands.feeds.asked import Asked
from commands.feeds.formats.opening import Reading, open_feed
from commands.feeds.jobs import IMPORT
from commands.feeds.refused.rows import read_failures
from commands.feeds.rows import Feed
from commands.feeds.runs import run_of
from commands.jobs import Job
from events.database import driver
from events.errors import Refused
from tests.asked_jobs import comes_to, found, held
from tests.eventually import eventually
from tests.importing import heard, importer, lamp_lines, lying, registered, uploaded
from workers.job_attempt import MOST_ATTEMPTS, Run
from workers.job_leases import Details, JobLease
from workers.job_report import Report
from workers.uploads import UploadDamaged, UploadUnseen

BAD = b'{"sku": "DESK-1", "name": 7}\n'
ELSEWHERE = Asked(run_id=uuid4(), identity=b"", actor="bert", correlation_id="r-2")
SMALL, ROWS = 20, 200
"""Of a batch, where no more appends may wait; of the whole feed."""


@pytest.fixture
def slow(settings: Settings) -> Settings:
    """Of small batches."""
    return settings.model_copy(update={"append_queue_limit": SMALL})


async def ended(settings: Settings, engine: AsyncEngine, job: Job, state: str) -> Job:
    async with importer(settings, engine):
        told = await comes_to(engine, job, state)
    assert not lying(settings)
    return told


def counted(outcome: str) -> float:
    labels = {"catalog": "main", "outcome": outcome}
    value = REGISTRY.get_sample_value("catalog_projection_import_rows_total", labels)
    return value or 0.0


def failed_jobs() -> float:
    """Whose reason somebody who runs the service should look for."""
    labels = {"kind": IMPORT, "state": "failed"}
    return REGISTRY.get_sample_value("catalog_projection_jobs_total", labels) or 0.0


async def runs(engine: AsyncEngine) -> list[str | None]:
    """How each ended."""
    async with driver(engine) as connection:
        rows = await connection.fetch("select outcome from feeds.runs order by begun_at")
    return [row["outcome"] for row in rows]


@contextmanager
def imported_elsewhere(settings: Settings) -> Iterator[Feed]:
    path = settings.uploads_directory.parent / "feed"
    path.write_bytes(BAD)
    with open_feed(path, Reading()) as feed:
        yield feed


async def test_what_was_uploaded_is_imported(settings: Settings, engine: AsyncEngine) -> None:
    before = counted("created"), counted("failed")
    job = await uploaded(settings, engine, *lamp_lines(3), BAD)
    done = await ended(settings, engine, job, "succeeded")
    told = {name: done.details[name] for name in ("rows", "created", "changed", "failed", "phase")}
    assert told == {"rows": 4, "created": 3, "changed": 0, "failed": 1, "phase": "done"}
    assert (done.progress, done.problem, done.details["position"]) == (1.0, None, 3)
    assert done.details["rows_per_second"] > 0
    assert await registered(engine) == [(f"LAMP-{number}", "r-1") for number in (1, 2, 3)]
    assert (counted("created"), counted("failed")) == (before[0] + 3, before[1] + 1)


async def test_rows_that_failed_are_kept_with_the_job_s_run(
    settings: Settings, engine: AsyncEngine
) -> None:
    job = await uploaded(settings, engine, BAD)
    done = await ended(settings, engine, job, "succeeded")
    async with driver(engine) as connection:
        [failure] = await read_failures(connection, UUID(done.details["run_id"]))
    assert (failure.line, failure.sku, failure.text) == (1, "DESK-1", BAD.decode().strip())


async def test_a_dry_run_appends_and_counts_nothing(
    settings: Settings, engine: AsyncEngine
) -> None:
    before = counted("created")
    job = await uploaded(settings, engine, *lamp_lines(3), dry_run=True)
    done = await ended(settings, engine, job, "succeeded")
    assert done.details["created"] == 3
    assert await registered(engine) == []
    assert counted("created") == before


@pytest.mark.parametrize(
    ("lines", "asked_for", "refusal", "rows"),
    [
        ([*lamp_lines(2), BAD, BAD], {"max_errors": 1}, TooManyErrors, 4),
        ([BAD], {"mode": "sync"}, EmptyFeed, 1),
        ([*lamp_lines(2), b"x" * 2**21 + b"\n"], {}, UnreadableFeed, 2),
    ],
    ids=["too many errors", "no good row", "no feed"],
)
async def test_a_refusal_is_told_with_what_was_done_before_it(
    settings: Settings,
    engine: AsyncEngine,
    lines: list[bytes],
    asked_for: dict[str, object],
    refusal: type[Refused],
    rows: int,
) -> None:
    job, before = await uploaded(settings, engine, *lines, **asked_for), failed_jobs()
    failed = await ended(settings, engine, job, "failed")
    assert failed.problem == refusal.__doc__
    assert failed.details["problem_type"] == problem_type(refusal)
    assert failed.details["rows"] == rows
    assert failed_jobs() == before
    assert await runs(engine) == ["failed"]


async def test_a_feed_that_unpacks_to_more_than_it_may_is_read_no_further(
    settings: Settings, engine: AsyncEngine
) -> None:
    bounded = settings.model_copy(update={"upload_unpacked_limit_bytes": 4096})
    job = await uploaded(bounded, engine, gzip.compress(b"\n" * 2**20))
    failed = await ended(bounded, engine, job, "failed")
    assert (failed.problem, failed.details["reason"]) == (
        UnreadableFeed.__doc__,
        "it unpacks to more than 4096 bytes",
    )


async def test_rows_without_a_sku_keep_a_sync_from_archiving(
    settings: Settings, engine: AsyncEngine
) -> None:
    job = await uploaded(settings, engine, *lamp_lines(2), b'{"name": "Desk"}\n', mode="sync")
    done = await ended(settings, engine, job, "succeeded")
    assert (done.details["withheld"], done.details["archived"]) == (True, 0)


async def test_a_worker_that_does_not_see_the_file_says_what_has_to_be_shared(
    settings: Settings, engine: AsyncEngine
) -> None:
    job = await uploaded(settings, engine, *lamp_lines(1))
    lying(settings)[0].unlink()
    failed = await ended(settings, engine, job, "failed")
    assert failed.problem == UploadUnseen.__doc__


async def test_a_file_that_was_cut_off_archives_nothing(
    settings: Settings, engine: AsyncEngine
) -> None:
    first = await uploaded(settings, engine, *lamp_lines(2), mode="sync")
    await ended(settings, engine, first, "succeeded")
    job = await uploaded(settings, engine, *lamp_lines(2), mode="sync")
    [path] = lying(settings)
    os.truncate(path, path.stat().st_size // 2)
    failed = await ended(settings, engine, job, "failed")
    assert failed.problem == UploadDamaged.__doc__
    assert "problem_type" not in failed.details
    assert len(await registered(engine)) == 2


async def test_while_the_command_line_imports_the_source_the_job_waits(
    settings: Settings, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As often as need be: that is no attempt."""
    monkeypatch.setattr("workers.job_runner.POSTPONED", timedelta(milliseconds=50))
    job = await uploaded(settings, engine, *lamp_lines(2))
    postponed = {"kind": IMPORT, "state": "postponed"}
    with imported_elsewhere(settings) as feed:
        async with (
            run_of(engine, "main", feed, ELSEWHERE, "a shell"),
            importer(settings, engine),
        ):

            async def has_waited() -> bool:
                times = REGISTRY.get_sample_value("catalog_projection_jobs_total", postponed)
                return (times or 0) > MOST_ATTEMPTS

            await eventually(has_waited)
            assert (await held(engine, job))["attempts"] <= 1
            assert lying(settings)
    done = await ended(settings, engine, job, "succeeded")
    assert done.details["created"] == 2


async def test_what_a_worker_has_begun_another_goes_on_with(
    slow: Settings, engine: AsyncEngine
) -> None:
    """Every row once, in one run."""
    job, told, enough = (
        await uploaded(slow, engine, *lamp_lines(ROWS)),
        list[Mapping[str, Any]](),
        asyncio.Event(),
    )

    def hear(details: Mapping[str, Any]) -> None:
        told.append(details)
        if len(told) == 3:
            enough.set()
            worker.stop()

    async with importer(slow, engine, lambda run: heard(run, hear)) as worker:
        await enough.wait()
    begun = await found(engine, job.id)
    assert begun.state == "queued"
    assert 0 < told[-1]["rows"] < ROWS
    assert lying(slow)

    done = await ended(slow, engine, job, "succeeded")
    assert (done.details["rows"], done.details["created"]) == (ROWS, ROWS)
    assert done.details["run_id"] == told[-1]["run_id"]
    assert len(await registered(engine)) == ROWS


async def test_an_import_that_is_cancelled_ends_and_what_it_did_stays(
    slow: Settings, engine: AsyncEngine
) -> None:
    job = await uploaded(slow, engine, *lamp_lines(ROWS))
    begun, stuck = asyncio.Event(), asyncio.Event()

    def stalling(run: Run) -> Run:
        """After the first batch, until it is cancelled."""

        async def stalled(
            engine: AsyncEngine, redis: Redis, lease: JobLease, report: Report
        ) -> Details:
            importing = asyncio.create_task(
                heard(run, lambda _: begun.set())(engine, redis, lease, report)
            )
            await begun.wait()
            importing.cancel()
            await asyncio.wait({importing})
            await stuck.wait()
            return {}

        return stalled

    async with importer(slow, engine, stalling):
        await begun.wait()
        async with driver(engine) as connection:
            await jobs.cancel(connection, job.id)
        told = await comes_to(engine, job, "cancelled")
    assert 0 < told.details["created"] < ROWS
    assert len(await registered(engine)) >= told.details["created"]
    assert not lying(slow)
    assert await runs(engine) == ["cancelled"]


async def test_an_import_that_is_cancelled_between_two_workers_leaves_no_run(
    slow: Settings, engine: AsyncEngine
) -> None:
    job, begun = await uploaded(slow, engine, *lamp_lines(ROWS)), asyncio.Event()
    async with importer(slow, engine, lambda run: heard(run, lambda _: begun.set())) as worker:
        await begun.wait()
        worker.stop()
    assert await runs(engine) == [None]
    async with driver(engine) as connection:
        await jobs.cancel(connection, job.id)
    await ended(slow, engine, job, "cancelled")
    assert await runs(engine) == ["cancelled"]
    async with driver(engine) as connection:
        assert await connection.fetchval("select count(*) from feeds.seen") == 0


async def test_after_one_that_was_cancelled_the_source_is_free(
    settings: Settings, engine: AsyncEngine
) -> None:
    first = await uploaded(settings, engine, *lamp_lines(1))
    with pytest.raises(ImportRunning) as refused:
        await uploaded(settings, engine, *lamp_lines(2))
    assert refused.value.members == {"job_id": first.id}
    async with driver(engine) as connection:
        await jobs.cancel(connection, first.id)
    async with importer(settings, engine):
        await comes_to(engine, first, "cancelled")
        second = await uploaded(settings, engine, *lamp_lines(2))
        done = await comes_to(engine, second, "succeeded")
    assert done.details["created"] == 2
