"""A job that is interrupted is begun again by whoever is there, and not for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from events.database import create_engine, driver
from events.errors import DatabaseUnavailable
from tests.asked_jobs import KIND, Stocktaking, asked, claimed, comes_to, found, held, runner
from tests.eventually import eventually
from tests.proxy import Proxy, proxy
from workers.job_attempt import MOST_ATTEMPTS
from workers.job_leases import Details, JobLease
from workers.job_report import Report

SHORT_SECONDS = 1.0
SHORT = timedelta(seconds=SHORT_SECONDS)


@asynccontextmanager
async def away(database_url: str) -> AsyncIterator[tuple[AsyncEngine, Proxy]]:
    """A pool over a way to PostgreSQL that can be cut."""
    async with proxy(database_url) as between:
        engine = create_engine(between.url, pool_size=2, application="catalog-tests")
        yield engine, between
        await engine.dispose()


async def taken_by_another(engine: AsyncEngine) -> None:
    async with driver(engine) as connection:
        await connection.execute("update jobs.jobs set epoch = epoch + 1, holder = 'heir'")


async def test_the_job_of_a_worker_that_went_silent_is_begun_again(engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    stocktaking.may_end()
    job = await asked(engine)
    await claimed(engine, "killed", SHORT)
    async with runner(engine, {KIND: stocktaking}):
        await comes_to(engine, job, "succeeded")
    (lease,) = stocktaking.leases
    assert (lease.attempt, lease.epoch) == (2, 2)


async def test_a_job_that_no_worker_survives_is_given_up(engine: AsyncEngine) -> None:
    job, stocktaking = await asked(engine), Stocktaking()
    async with driver(engine) as connection:
        await connection.execute(
            "update jobs.jobs set state = 'running', held_until = '-infinity', attempts = $1,"
            " progress = 0.5, details = $2",
            MOST_ATTEMPTS,
            '{"counted": 2}',
        )
    async with runner(engine, {KIND: stocktaking}):
        failed = await comes_to(engine, job, "failed")
    assert failed.problem == "It was begun 3 times, and never came to an end."
    assert (failed.progress, failed.details) == (0.5, {"counted": 2})
    assert not stocktaking.leases


async def test_who_has_lost_a_job_stops_and_writes_nothing_more(engine: AsyncEngine) -> None:
    job, stocktaking = await asked(engine), Stocktaking()
    async with runner(engine, {KIND: stocktaking}):
        await stocktaking.begins()
        await taken_by_another(engine)
        stocktaking.report(0.9, {"counted": 2})
        await stocktaking.is_cancelled()
    assert (await held(engine, job))["holder"] == "heir"
    assert (await found(engine, job.id)).progress == 0


async def test_who_ends_a_job_that_was_lost_says_nothing_of_it(engine: AsyncEngine) -> None:
    """Between two beats nobody has noticed yet."""

    async def overtaken(
        engine: AsyncEngine, _redis: Redis, _lease: JobLease, _report: Report
    ) -> Details:
        await taken_by_another(engine)
        return {"counted": 3}

    job = await asked(engine)
    with capture_logs() as logged:
        async with runner(engine, {KIND: overtaken}):

            async def is_over() -> bool:
                return any(line["event"] == "job_finished" for line in logged)

            await eventually(is_over)
    assert [line["state"] for line in logged if line["event"] == "job_finished"] == ["interrupted"]
    told = await found(engine, job.id)
    assert (told.state, told.details) == ("running", {})


async def test_a_job_that_loses_its_database_is_begun_again(engine: AsyncEngine) -> None:
    attempts: list[int] = []

    async def unlucky(
        _engine: AsyncEngine, _redis: Redis, lease: JobLease, _report: Report
    ) -> Details:
        attempts.append(lease.attempt)
        if lease.attempt == 1:
            raise DatabaseUnavailable
        return {}

    job = await asked(engine)
    async with runner(engine, {KIND: unlucky}, lease_seconds=SHORT_SECONDS):
        await comes_to(engine, job, "succeeded")
    assert attempts == [1, 2]


async def test_a_job_goes_on_while_postgresql_is_away_for_a_moment(
    engine: AsyncEngine, database_url: str
) -> None:
    job, stocktaking = await asked(engine), Stocktaking()
    async with (
        away(database_url) as (through, between),
        runner(through, {KIND: stocktaking}, lease_seconds=60),
    ):
        await stocktaking.begins()
        await between.stop()
        stocktaking.report(0.5, {})
        await asyncio.sleep(SHORT_SECONDS)
        await between.start()

        async def is_told() -> bool:
            return (await found(engine, job.id)).progress == 0.5

        await eventually(is_told)
        stocktaking.may_end()
        await comes_to(engine, job, "succeeded")
    assert len(stocktaking.leases) == 1


async def test_a_job_stops_when_postgresql_is_away_for_longer_than_it_is_held(
    engine: AsyncEngine, database_url: str
) -> None:
    job, stocktaking = await asked(engine), Stocktaking()
    async with (
        away(database_url) as (through, between),
        runner(through, {KIND: stocktaking}, lease_seconds=SHORT_SECONDS),
    ):
        await stocktaking.begins()
        await between.stop()
        await stocktaking.is_cancelled()
        await between.start()
        stocktaking.may_end()
        await comes_to(engine, job, "succeeded")
    assert [lease.attempt for lease in stocktaking.leases] == [1, 2]


async def test_a_job_that_can_t_be_told_of_stops(engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    await asked(engine)
    with capture_logs() as logged:
        async with runner(engine, {KIND: stocktaking}):
            await stocktaking.begins()
            stocktaking.report(0.5, {"counted": object()})
            await stocktaking.is_cancelled()
    assert "job_not_kept" in {line["event"] for line in logged}


async def test_a_worker_that_ends_lets_its_job_go_for_the_next_one(engine: AsyncEngine) -> None:
    job, first, second = await asked(engine), Stocktaking(), Stocktaking()
    second.may_end()
    async with runner(engine, {KIND: first}, lease_seconds=3600) as worker:
        await first.begins()
        worker.stop()
        await first.is_cancelled()
    assert (await found(engine, job.id)).state == "queued"
    async with runner(engine, {KIND: second}):
        await comes_to(engine, job, "succeeded")
    (lease,) = second.leases
    assert (lease.attempt, lease.epoch) == (1, 2)


async def test_a_job_that_can_t_clean_up_when_it_is_let_go_has_not_failed(
    engine: AsyncEngine,
) -> None:
    begun = asyncio.Event()

    async def clumsy(
        _engine: AsyncEngine, _redis: Redis, _lease: JobLease, _report: Report
    ) -> Details:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise ZeroDivisionError("no shelves")

    job = await asked(engine)
    async with runner(engine, {KIND: clumsy}):
        await begun.wait()
    assert (await found(engine, job.id)).state == "queued"


@pytest.mark.parametrize("jobs", [0, 1])
async def test_a_worker_may_end_before_it_has_begun_anything(
    engine: AsyncEngine, jobs: int
) -> None:
    stocktaking = Stocktaking()
    waiting = [await asked(engine) for _ in range(jobs)]
    async with runner(engine, {KIND: stocktaking}) as worker:
        worker.stop()
    assert not stocktaking.leases
    assert [(await found(engine, job.id)).state for job in waiting] == ["queued"] * jobs


async def test_a_worker_may_end_while_it_takes_a_job(engine: AsyncEngine) -> None:
    """What it has taken it gives back, without having begun it."""
    job, stocktaking = await asked(engine), Stocktaking()
    async with driver(engine) as blocking:
        transaction = blocking.transaction()
        await transaction.start()
        await blocking.execute("lock table jobs.jobs")
        async with runner(engine, {KIND: stocktaking}) as worker:
            await eventually(lambda: waits(engine))
            worker.stop()
            await transaction.rollback()
    assert not stocktaking.leases
    assert (await found(engine, job.id)).state == "queued"
    assert (await held(engine, job))["epoch"] == 1


async def waits(engine: AsyncEngine) -> bool:
    query = (
        "select exists (select from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock')"
    )
    async with driver(engine) as connection:
        return bool(await connection.fetchval(query))
