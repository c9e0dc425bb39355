"""A job belongs to one worker at a time, and who has lost it changes nothing of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from tests.acting import acting_as
from tests.asked_jobs import KIND, LEASE, asked, claimed, found, held
from tests.eventually import eventually
from workers import job_leases
from workers.job_leases import (
    JobLease,
    JobLost,
    Outcome,
    claim_next,
    finish,
    release,
    renew,
)

SHORT = timedelta(milliseconds=1)
DONE = Outcome(state="succeeded", progress=1.0, details={"counted": 3})


async def taken(
    engine: AsyncEngine, holder: str = "other", duration: timedelta = LEASE
) -> JobLease:
    lease = await claimed(engine, holder, duration)
    assert lease
    return lease


async def taken_over(engine: AsyncEngine, kind: str = KIND) -> JobLease:
    """After the lease that there is has run out."""
    leases: list[JobLease] = []

    async def is_free() -> bool:
        if lease := await claimed(engine, "heir", kind=kind):
            leases.append(lease)
        return bool(leases)

    await eventually(is_free)
    return leases[0]


async def test_the_oldest_job_comes_first(engine: AsyncEngine) -> None:
    jobs = [await asked(engine) for _ in range(3)]
    assert [(await taken(engine)).job.id for _ in jobs] == [job.id for job in jobs]
    assert await claimed(engine) is None


async def test_a_job_of_a_kind_that_the_worker_does_not_know_is_left_to_others(
    engine: AsyncEngine,
) -> None:
    await asked(engine, "unheard-of")
    known = await asked(engine)
    assert (await taken(engine)).job.id == known.id
    assert await claimed(engine) is None


@pytest.mark.parametrize("state", ["queued", "running"])
async def test_a_job_is_left_to_workers_of_the_asker_s_code(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """Even if the last of them has gone silent: it stays as it is."""
    job = await asked(engine)
    if state == "running":
        await taken(engine)
        async with driver(engine) as connection:
            await connection.execute("update jobs.jobs set held_until = '-infinity'")
    with monkeypatch.context() as another_release:
        another_release.setattr(job_leases, "code_digest", lambda: b"another release")
        assert await claimed(engine) is None
    assert (await found(engine, job.id)).state == state
    assert (await taken(engine)).job.id == job.id


async def test_workers_that_ask_at_once_never_get_the_same_job(engine: AsyncEngine) -> None:
    jobs = [await asked(engine) for _ in range(5)]
    leases = await asyncio.gather(*(claimed(engine, f"worker {n}") for n in range(8)))
    assert sorted(lease.job.id for lease in leases if lease) == [job.id for job in jobs]


async def test_a_worker_does_not_wait_for_a_job_that_another_is_taking(
    engine: AsyncEngine,
) -> None:
    await asked(engine)
    other = await asked(engine)
    async with driver(engine) as connection, connection.transaction():
        await claim_next(connection, [KIND], "slow", LEASE)
        assert (await taken(engine)).job.id == other.id


async def test_a_job_that_is_held_is_running(engine: AsyncEngine) -> None:
    job = await asked(engine)
    lease = await taken(engine)
    assert (lease.job.state, lease.epoch, lease.attempt) == ("running", 1, 1)
    assert (await held(engine, job))["holder"] == "other"


async def test_a_silent_worker_loses_its_job(engine: AsyncEngine) -> None:
    await asked(engine)
    await taken(engine, duration=SHORT)
    heir = await taken_over(engine)
    assert (heir.holder, heir.epoch, heir.attempt) == ("heir", 2, 2)


async def test_a_worker_that_tells_of_itself_keeps_its_job(engine: AsyncEngine) -> None:
    job = await asked(engine)
    lease = await taken(engine)
    before = (await held(engine, job))["held_until"]
    async with driver(engine) as connection:
        await renew(connection, lease, 0.25, {"counted": 1})
    assert (await held(engine, job))["held_until"] > before
    told = await found(engine, job.id)
    assert (told.progress, told.details, told.state) == (0.25, {"counted": 1}, "running")
    assert told.updated_at > job.updated_at


async def test_an_import_that_gets_further_each_time_is_never_given_up(engine: AsyncEngine) -> None:
    """Nobody begins it at its beginning again; a rebuild is."""
    attempts = []
    for kind in ("import", "rebuild"):
        await asked(engine, kind, source="default")
        for progress in (0.25, 0.5, 0.5, 0.75):
            lease = await taken_over(engine, kind)
            attempts.append(lease.attempt)
            async with driver(engine) as connection:
                await renew(connection, replace(lease, duration=SHORT), progress, {})
    assert attempts == [1, 2, 2, 3, 1, 2, 3, 4]


async def test_who_ends_gives_the_job_back_and_the_attempt_does_not_count(
    engine: AsyncEngine,
) -> None:
    job = await asked(engine)
    async with driver(engine) as connection:
        await release(connection, await taken(engine))
    assert (await found(engine, job.id)).state == "queued"
    again = await taken(engine)
    assert (again.epoch, again.attempt) == (2, 1)


@pytest.mark.parametrize("state", ["succeeded", "failed"])
async def test_a_finished_job_is_nobodys(engine: AsyncEngine, state: str) -> None:
    job = await asked(engine)
    outcome = Outcome(
        state="succeeded" if state == "succeeded" else "failed",
        progress=0.5,
        details={"counted": 2},
        problem="the light went out",
    )
    async with driver(engine) as connection:
        await finish(connection, await taken(engine), outcome)
    told = await found(engine, job.id)
    assert (told.state, told.progress, told.details) == (state, 0.5, {"counted": 2})
    assert told.problem == "the light went out"
    assert told.finished_at
    assert await claimed(engine) is None


@pytest.mark.parametrize(
    "late",
    [
        lambda connection, lease: renew(connection, lease, 0.9, {}),
        release,
        lambda connection, lease: finish(connection, lease, DONE),
    ],
    ids=["renew", "release", "finish"],
)
@pytest.mark.parametrize("state", ["taken over", "finished"])
async def test_who_has_lost_a_job_changes_nothing_of_it(
    engine: AsyncEngine, late: Callable[[Connection, JobLease], Awaitable[None]], state: str
) -> None:
    job = await asked(engine)
    lost = await taken(engine, duration=SHORT)
    heir = await taken_over(engine)
    async with driver(engine) as connection:
        if state == "finished":
            await finish(connection, heir, DONE)
        before = await found(engine, job.id), await held(engine, job)
        with pytest.raises(JobLost):
            await late(connection, lost)
    assert (await found(engine, job.id), await held(engine, job)) == before


async def test_the_worker_s_role_may_do_all_of_it(engine: AsyncEngine, database_url: str) -> None:
    first, second = await asked(engine), await asked(engine)
    async with (
        acting_as("catalog_projection", database_url) as worker,
        driver(worker) as connection,
    ):
        lease = await taken(worker)
        await renew(connection, lease, 0.5, {})
        await finish(connection, lease, DONE)
        await release(connection, await taken(worker))
    assert (await found(engine, first.id)).state == "succeeded"
    assert (await found(engine, second.id)).state == "queued"
