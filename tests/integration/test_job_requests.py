"""What is asked for is kept, and one rebuild at a time."""

from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands import jobs
from commands.errors import RebuildRunning
from events.database import driver
from tests.acting import acting_as
from tests.asked_jobs import asked, found

REBUILD = "rebuild"
ANOTHER = b"another release"
ROLES = ["catalog_command", "catalog_query", "catalog_projection"]


async def end(engine: AsyncEngine, job_id: UUID, state: str) -> None:
    async with driver(engine) as connection:
        await connection.execute(
            "update jobs.jobs set state = $2, finished_at = now() where job_id = $1", job_id, state
        )


async def test_a_job_is_kept_as_it_was_asked_for(engine: AsyncEngine) -> None:
    job = await asked(engine, depth=2, shelves=["a", "b"])
    assert job == await found(engine, job.id)
    assert (job.kind, job.catalog, job.actor, job.correlation_id) == (
        "stocktaking",
        "main",
        "ann",
        "r-1",
    )
    assert job.arguments == {"depth": 2, "shelves": ["a", "b"]}
    assert (job.state, job.progress, job.details) == ("queued", 0, {})
    assert (job.problem, job.finished_at) == (None, None)


async def test_an_unknown_job_is_not_found(engine: AsyncEngine) -> None:
    async with driver(engine) as connection:
        assert await jobs.find(connection, UUID(int=1)) is None


@pytest.mark.parametrize("catalog", ["main", "outlet"])
async def test_two_rebuilds_at_once_are_refused(engine: AsyncEngine, catalog: str) -> None:
    """Whatever the catalog: a generation holds them all."""
    running = await asked(engine, REBUILD)
    with pytest.raises(RebuildRunning) as refused:
        await asked(engine, REBUILD, catalog)
    assert refused.value.members == {"job_id": running.id}


async def test_a_rebuild_that_nobody_is_left_to_make_keeps_no_other_release_from_one(
    engine: AsyncEngine,
) -> None:
    left = await asked(engine, REBUILD, code=ANOTHER)
    own = await asked(engine, REBUILD)
    with pytest.raises(RebuildRunning) as refused:
        await asked(engine, REBUILD)
    assert refused.value.members == {"job_id": own.id}
    assert (await found(engine, left.id)).state == "queued"


async def test_a_rebuild_that_another_release_s_worker_holds_is_the_only_one(
    engine: AsyncEngine,
) -> None:
    running = await asked(engine, REBUILD, code=ANOTHER)
    await hold(engine, running.id, "now() + interval '1 minute'")
    with pytest.raises(RebuildRunning) as refused:
        await asked(engine, REBUILD)
    assert refused.value.members == {"job_id": running.id}
    await hold(engine, running.id, "'-infinity'")
    assert await asked(engine, REBUILD)


async def hold(engine: AsyncEngine, job_id: UUID, until: str) -> None:
    async with driver(engine) as connection:
        await connection.execute(
            f"update jobs.jobs set state = 'running', held_until = {until} where job_id = $1",
            job_id,
        )


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
async def test_a_rebuild_may_follow_one_that_has_ended(engine: AsyncEngine, state: str) -> None:
    first = await asked(engine, REBUILD)
    await end(engine, first.id, state)
    assert (await asked(engine, REBUILD)).id != first.id


async def test_other_jobs_may_wait_in_any_number(engine: AsyncEngine) -> None:
    await asked(engine, REBUILD)
    assert (await asked(engine)).id < (await asked(engine)).id


async def test_only_the_command_side_asks(database_url: str) -> None:
    async with acting_as("catalog_command", database_url) as command:
        await asked(command)
    for role in ("catalog_query", "catalog_projection"):
        async with acting_as(role, database_url) as other:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await asked(other)


@pytest.mark.parametrize("role", ROLES)
async def test_every_side_can_follow_a_job(
    engine: AsyncEngine, database_url: str, role: str
) -> None:
    job = await asked(engine)
    async with acting_as(role, database_url) as side:
        assert await found(side, job.id) == job


@pytest.mark.parametrize(
    ("role", "change"),
    [
        ("catalog_command", "update jobs.jobs set state = 'cancelled'"),
        ("catalog_command", "delete from jobs.jobs"),
        ("catalog_query", "update jobs.jobs set state = 'cancelled'"),
        ("catalog_query", "delete from jobs.jobs"),
        ("catalog_projection", "update jobs.jobs set actor = 'mallory'"),
        ("catalog_projection", "update jobs.jobs set kind = 'rebuild'"),
        ("catalog_projection", "update jobs.jobs set arguments = '{}'"),
        ("catalog_projection", "update jobs.jobs set code_digest = ''"),
    ],
)
async def test_who_asked_for_what_is_not_rewritten(
    database_url: str, role: str, change: str
) -> None:
    async with acting_as(role, database_url) as side, driver(side) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(change)
