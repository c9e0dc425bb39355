"""A job that somebody cancels ends as soon as a worker sees it, whoever runs it, or nobody."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from prometheus_client import REGISTRY
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from commands import jobs
from commands.jobs import Job
from events.database import driver
from tests.acting import acting_as
from tests.asked_jobs import KIND, Stocktaking, asked, claimed, comes_to, found, runner
from tests.holding import REBUILD, held, waits
from tests.rebuilding import states
from workers.job_leases import Details, JobLease, end_cancelled
from workers.job_report import Report
from workers.rebuilding import run_rebuild


async def cancelled(engine: AsyncEngine, job: Job) -> Job:
    async with driver(engine) as connection:
        told = await jobs.cancel(connection, job.id)
    assert told
    return told


def counted() -> float:
    labels = {"kind": KIND, "state": "cancelled"}
    return REGISTRY.get_sample_value("catalog_projection_jobs_total", labels) or 0.0


def into(ended: list[Job]) -> Callable[[AsyncEngine, Job], Awaitable[None]]:
    async def put(_engine: AsyncEngine, job: Job) -> None:
        ended.append(job)

    return put


async def test_a_job_that_runs_is_broken_off_and_tells_how_far_it_came(engine: AsyncEngine) -> None:
    stocktaking, job, ended = Stocktaking(), await asked(engine), list[Job]()
    async with runner(engine, {KIND: stocktaking}, ended=into(ended)):
        before = counted()
        await stocktaking.begins()
        stocktaking.report(0.5, {"counted": 2})
        assert (await cancelled(engine, job)).cancelling
        told = await comes_to(engine, job, "cancelled")
    assert (told.progress, told.details, told.problem) == (0.5, {"counted": 2}, None)
    assert told.finished_at
    assert (stocktaking.cancelled, len(stocktaking.leases)) == (1, 1)
    assert [(each.id, each.state) for each in ended] == [(job.id, "cancelled")]
    assert counted() == before + 1


async def test_a_job_that_waits_is_never_begun(engine: AsyncEngine) -> None:
    """Even while another one keeps the worker busy."""
    stocktaking, ended = Stocktaking(), list[Job]()
    await asked(engine)
    with capture_logs() as logged:
        async with runner(engine, {KIND: stocktaking}, ended=into(ended)):
            before = counted()
            await stocktaking.begins()
            waiting = await asked(engine)
            await cancelled(engine, waiting)
            told = await comes_to(engine, waiting, "cancelled")
            assert stocktaking.running == 1
    assert told.finished_at
    assert [(each.id, each.state) for each in ended] == [(waiting.id, "cancelled")]
    assert counted() == before + 1
    assert {
        "event": "job_finished",
        "log_level": "info",
        "state": "cancelled",
        "job_id": str(waiting.id),
        "kind": KIND,
        "actor": "ann",
        "correlation_id": "r-1",
    } in logged


@pytest.mark.parametrize("code", [None, b"another release"])
async def test_the_job_of_a_worker_that_went_silent_is_not_begun_again(
    engine: AsyncEngine, code: bytes | None
) -> None:
    """Nor is one kept that no worker there is may begin."""
    stocktaking, job = Stocktaking(), await asked(engine, code=code)
    await claimed(engine, "killed", timedelta(milliseconds=1))
    await cancelled(engine, job)
    async with runner(engine, {KIND: stocktaking}):
        await comes_to(engine, job, "cancelled")
    assert not stocktaking.leases


async def test_who_holds_it_ends_it_and_nobody_else(engine: AsyncEngine) -> None:
    job = await asked(engine)
    await claimed(engine)
    await cancelled(engine, job)
    async with driver(engine) as connection:
        assert await end_cancelled(connection) == []
    assert (await found(engine, job.id)).state == "running"


async def test_a_job_that_has_ended_stays_as_it_is(engine: AsyncEngine) -> None:
    stocktaking, job = Stocktaking(), await asked(engine)
    stocktaking.may_end()
    async with runner(engine, {KIND: stocktaking}):
        done = await comes_to(engine, job, "succeeded")
    assert await cancelled(engine, job) == done


async def test_a_job_that_breaks_when_it_is_cancelled_is_cancelled(engine: AsyncEngine) -> None:
    stocktaking, job = Stocktaking(), await asked(engine)

    async def clumsy(engine: AsyncEngine, redis: Redis, lease: JobLease, report: Report) -> Details:
        try:
            return await stocktaking(engine, redis, lease, report)
        finally:
            raise ZeroDivisionError("no shelves")

    async with runner(engine, {KIND: clumsy}):
        await stocktaking.begins()
        await cancelled(engine, job)
        assert (await comes_to(engine, job, "cancelled")).problem is None


async def test_a_rebuild_that_is_cancelled_leaves_nothing(engine: AsyncEngine) -> None:
    job = await asked(engine, "rebuild")
    async with (
        held(engine, "lock table event_store.events in access exclusive mode"),
        runner(engine, {"rebuild": run_rebuild}),
    ):
        await waits(engine, REBUILD, "event_store.events")
        await cancelled(engine, job)
        await comes_to(engine, job, "cancelled")
        assert await states(engine) == {1: "live", 2: "dropped"}


async def test_the_command_side_cancels_and_the_worker_ends_it(
    engine: AsyncEngine, database_url: str
) -> None:
    job = await asked(engine)
    async with acting_as("catalog_command", database_url) as command:
        await cancelled(command, job)
    async with (
        acting_as("catalog_projection", database_url) as worker,
        driver(worker) as connection,
    ):
        (ended,) = await end_cancelled(connection)
    assert (ended.id, ended.state) == (job.id, "cancelled")
