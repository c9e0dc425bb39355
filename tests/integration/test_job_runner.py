"""A worker runs jobs one after the other, and tells of them while it does."""

import asyncio
from time import monotonic

import structlog
from prometheus_client import REGISTRY
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from commands.errors import UnknownProduct
from commands.feeds.jobs import IMPORT
from commands.jobs import Job
from tests.asked_jobs import KIND, Stocktaking, asked, comes_to, found, held, runner
from tests.eventually import eventually
from tests.statements import statements
from workers.job_leases import Details, JobLease
from workers.job_report import BEAT_SECONDS, Report

LEASE_SECONDS = 3.0


async def failing(_engine: AsyncEngine, _redis: Redis, lease: JobLease, report: Report) -> Details:
    report(0.5, {"counted": 2})
    if lease.job.arguments.get("refused"):
        raise UnknownProduct(sku="LAMP-1")
    raise ZeroDivisionError("no shelves")


def counted(kind: str, state: str) -> float:
    labels = {"kind": kind, "state": state}
    value = REGISTRY.get_sample_value("catalog_projection_jobs_total", labels)
    assert value is not None
    return value


async def test_a_job_is_run_and_its_result_is_kept(engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    stocktaking.may_end()
    job = await asked(engine, shelf="a")
    async with runner(engine, {KIND: stocktaking}):
        done = await comes_to(engine, job, "succeeded")
    assert (done.progress, done.details, done.problem) == (1.0, {"counted": 3}, None)
    assert done.finished_at
    (lease,) = stocktaking.leases
    assert lease.job.arguments == {"shelf": "a"}
    assert lease.holder == "tests"


async def test_a_job_that_fails_says_why_and_how_far_it_came(engine: AsyncEngine) -> None:
    job = await asked(engine)
    async with runner(engine, {KIND: failing}):
        failed = await comes_to(engine, job, "failed")
    assert (failed.progress, failed.details) == (0.5, {"counted": 2})
    assert failed.problem == "ZeroDivisionError('no shelves')"


async def test_a_refusal_is_told_as_its_sentence_and_its_members(engine: AsyncEngine) -> None:
    job = await asked(engine, refused=True)
    async with runner(engine, {KIND: failing}):
        failed = await comes_to(engine, job, "failed")
    assert failed.problem == UnknownProduct.__doc__
    assert failed.details == {
        "counted": 2,
        "sku": "LAMP-1",
        "problem_type": "/problems/unknown-product",
    }


async def test_what_can_t_be_put_away_keeps_no_other_job_waiting(engine: AsyncEngine) -> None:
    async def clumsy(_engine: AsyncEngine, _job: Job) -> None:
        raise ZeroDivisionError("no shelves")

    stocktaking = Stocktaking()
    stocktaking.may_end()
    with capture_logs() as logged:
        async with runner(engine, {KIND: stocktaking}, ended=clumsy):
            for _ in range(2):
                await comes_to(engine, await asked(engine), "succeeded")
    assert [each["event"] for each in logged].count("job_not_put_away") == 2


async def test_the_next_job_is_run_after_one_that_failed(engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    stocktaking.may_end()
    await asked(engine, "failing")
    job = await asked(engine)
    async with runner(engine, {"failing": failing, KIND: stocktaking}):
        await comes_to(engine, job, "succeeded")


async def test_a_job_is_followed_while_it_runs(engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    job = await asked(engine)
    async with runner(engine, {KIND: stocktaking}):
        await stocktaking.begins()
        for progress in (0.25, 0.75):
            stocktaking.report(progress, {"counted": progress * 4})
            await shows(engine, job, progress, {"counted": progress * 4})


async def test_progress_stays_between_none_and_all(engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    job = await asked(engine)
    async with runner(engine, {KIND: stocktaking}):
        await stocktaking.begins()
        for reported, told in ((1.5, 1.0), (-1.0, 0.0), (2.0, 1.0), (float("nan"), 0.0)):
            stocktaking.report(reported, {})
            await shows(engine, job, told, {})


async def shows(engine: AsyncEngine, job: Job, progress: float, details: Details) -> None:
    async def is_shown() -> bool:
        told = await found(engine, job.id)
        return (told.progress, told.details) == (progress, details)

    await eventually(is_shown)


async def test_however_often_it_reports_the_table_hears_of_it_twice_a_second(
    engine: AsyncEngine,
) -> None:
    async def talkative(
        _engine: AsyncEngine, _redis: Redis, _lease: JobLease, report: Report
    ) -> Details:
        began = monotonic()
        while (passed := monotonic() - began) < 4 * BEAT_SECONDS or len(renewals()) < 2:
            report(passed / 4 / BEAT_SECONDS, {})
            await asyncio.sleep(0)
        return {"beats": passed / BEAT_SECONDS}

    def renewals() -> list[str]:
        return [each for each in asked_for if "set held_until" in each]

    job = await asked(engine)
    with statements(engine, "jobs") as asked_for:
        async with runner(engine, {KIND: talkative}):
            done = await comes_to(engine, job, "succeeded")
    assert len(renewals()) <= done.details["beats"] + 1


async def test_a_job_that_reports_nothing_is_held_all_the_same(engine: AsyncEngine) -> None:
    """For longer than its lease lasts."""
    stocktaking = Stocktaking()
    job = await asked(engine)
    async with runner(engine, {KIND: stocktaking}, lease_seconds=LEASE_SECONDS):
        await stocktaking.begins()
        first = (await held(engine, job))["held_until"]

        async def has_lasted() -> bool:
            lasted = (await held(engine, job))["held_until"] - first
            return bool(lasted.total_seconds() > LEASE_SECONDS)

        await eventually(has_lasted)
        stocktaking.may_end()
        await comes_to(engine, job, "succeeded")
    assert len(stocktaking.leases) == 1


async def test_one_job_at_a_time_and_the_oldest_first(engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    first, second = await asked(engine), await asked(engine)
    async with runner(engine, {KIND: stocktaking}) as worker:
        await stocktaking.begins()
        worker.wake()
        await shows(engine, first, 0.0, {})
        assert (await found(engine, second.id)).state == "queued"
        assert stocktaking.running == 1
        stocktaking.may_end()
        await comes_to(engine, second, "succeeded")
    assert [lease.job.id for lease in stocktaking.leases] == [first.id, second.id]


async def test_a_rebuild_waits_for_no_imports(engine: AsyncEngine) -> None:
    imports, rebuilds = Stocktaking(), Stocktaking()
    first, second = [await asked(engine, IMPORT, source=source) for source in "ab"]
    async with runner(engine, {IMPORT: imports, "rebuild": rebuilds}):
        await imports.begins()
        rebuild = await asked(engine, "rebuild")
        imports.may_end()
        await rebuilds.begins()
        assert (await found(engine, first.id)).state == "succeeded"
        assert (await found(engine, second.id)).state == "queued"
        rebuilds.may_end()
        await comes_to(engine, rebuild, "succeeded")
        await comes_to(engine, second, "succeeded")


async def test_jobs_that_wait_are_told_of(engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    await asked(engine)
    async with runner(engine, {KIND: stocktaking}):
        await stocktaking.begins()
        await asked(engine)
        await measures("jobs_waiting", 1)
        assert measured("job_wait_seconds") > 0
        stocktaking.may_end()
        await measures("jobs_waiting", 0)
        await measures("job_wait_seconds", 0)


def measured(name: str) -> float:
    return REGISTRY.get_sample_value(f"catalog_projection_{name}", {"kind": KIND}) or 0.0


async def measures(name: str, value: float) -> None:
    async def is_so() -> bool:
        return measured(name) == value

    await eventually(is_so)


async def test_it_looks_by_itself(engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    async with runner(engine, {KIND: stocktaking}, poll_seconds=0.05):
        await asked(engine)
        await stocktaking.begins()


async def test_it_looks_when_it_is_woken(engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    with statements(engine, "jobs") as asked_for:

        async def has_looked() -> bool:
            return bool(asked_for)

        async with runner(engine, {KIND: stocktaking}, poll_seconds=3600) as worker:
            await eventually(has_looked)
            await asked(engine)
            worker.wake()
            await stocktaking.begins()


async def test_logs_and_metrics_tell_of_each_job(engine: AsyncEngine) -> None:
    stocktaking = Stocktaking()
    stocktaking.may_end()
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logged:
        async with runner(engine, {"failing": failing, KIND: stocktaking}):
            before = counted("failing", "failed"), counted(KIND, "succeeded")
            failed, done = await asked(engine, "failing"), await asked(engine)
            await comes_to(engine, done, "succeeded")
    assert (counted("failing", "failed"), counted(KIND, "succeeded")) == (
        before[0] + 1,
        before[1] + 1,
    )
    for job, names in (
        (failed, ["job_started", "job_failed", "job_finished"]),
        (done, ["job_started", "job_finished"]),
    ):
        lines = [line for line in logged if line.get("job_id") == str(job.id)]
        assert [line["event"] for line in lines] == names
        for line in lines:
            assert (line["kind"], line["actor"], line["correlation_id"]) == (
                job.kind,
                "ann",
                "r-1",
            )
