"""Rebuilds that come to no end, and that there is one at a time."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from events.database import driver
from events.errors import DatabaseUnavailable
from events.nudge import connect
from events.product import ProductRenamed
from projections import building
from projections.building import begin, clean
from projections.errors import AlreadyBuilding, BuildLost
from projections.generations import FIRST
from projections.publish import Publisher
from tests.eventually import eventually
from tests.given import DESK, LAMP, Log, projected, registered
from tests.projectors import measured, running
from tests.rebuilding import (
    STEPS,
    all_rows,
    before,
    executed,
    exists,
    live,
    rebuilt,
    states,
    taken_for_dead,
    unheard,
)
from workers import projecting
from workers.schedule import clean_generations

KEEP = timedelta(hours=1)


@pytest.fixture(autouse=True)
async def shop(engine: AsyncEngine) -> Log:
    log = Log(engine)
    await log.given(LAMP, registered)
    await projected(engine)
    return log


async def begun(engine: AsyncEngine, holder: str = "other") -> int:
    async with driver(engine) as connection:
        return await begin(connection, holder)


async def cleaned(engine: AsyncEngine, keep: timedelta = KEEP) -> list[int]:
    async with driver(engine) as connection:
        return await clean(connection, keep)


async def nothing_is_left(engine: AsyncEngine, generation: int = 2) -> None:
    assert (await states(engine))[generation] == "dropped"
    assert not await exists(engine, generation)
    async with driver(engine) as connection:
        for table in ("checkpoints", "parked"):
            query = f"select count(*) from projections.{table} where generation = $1"
            assert await connection.fetchval(query, generation) == 0


async def test_a_second_one_is_refused_and_changes_nothing(engine: AsyncEngine) -> None:
    assert await begun(engine) == 2
    with pytest.raises(AlreadyBuilding) as refused:
        await rebuilt(engine)
    assert refused.value.members == {"generation": 2, "holder": "other"}
    assert await states(engine) == {1: "live", 2: "building"}
    assert await exists(engine, 2)


async def test_of_those_that_begin_in_the_same_moment_one_does(engine: AsyncEngine) -> None:
    outcomes = await asyncio.gather(
        *(begun(engine, f"holder-{number}") for number in range(5)), return_exceptions=True
    )
    assert [each for each in outcomes if not isinstance(each, AlreadyBuilding)] == [2]
    assert await states(engine) == {1: "live", 2: "building"}


@pytest.mark.parametrize("step", STEPS)
async def test_one_that_is_cancelled_leaves_nothing(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    reached = asyncio.Event()

    async def waiting() -> None:
        reached.set()
        await asyncio.Event().wait()

    before(monkeypatch, step, waiting)
    task = asyncio.create_task(rebuilt(engine))
    await reached.wait()
    assert (await states(engine))[2] == "building"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await nothing_is_left(engine)
    monkeypatch.undo()
    assert (await rebuilt(engine)).generation == 3


async def test_one_that_is_cancelled_once_it_is_read_stays(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = asyncio.Event()

    async def waiting(*_: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(Publisher, "announce", waiting)
    task = asyncio.create_task(rebuilt(engine))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await states(engine) == {1: "retired", 2: "live"}
    assert await all_rows(engine, 2) == await all_rows(engine, 1)


@pytest.mark.parametrize("step", STEPS)
async def test_one_that_fails_leaves_nothing(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    async def failing() -> None:
        raise ZeroDivisionError

    before(monkeypatch, step, failing)
    with pytest.raises(ZeroDivisionError):
        await rebuilt(engine)
    await nothing_is_left(engine)


async def test_its_failure_is_told_when_nothing_can_be_removed_now(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query that was given up may hold a table for some while yet."""
    monkeypatch.setattr(building, "_PATIENT", "set local lock_timeout = '50ms'")
    async with driver(engine) as holding, holding.transaction():

        async def failing() -> None:
            await holding.execute("lock table read_2.product_details in row share mode")
            raise ZeroDivisionError

        before(monkeypatch, "compare_all", failing)
        with pytest.raises(ZeroDivisionError):
            await rebuilt(engine)
        assert (await states(engine))[2] == "building"
        await taken_for_dead(engine)
        with pytest.raises(AlreadyBuilding):
            await begun(engine)
    await taken_for_dead(engine)
    assert await cleaned(engine) == [2]
    await nothing_is_left(engine)


async def test_connections_that_are_cut_off_leave_nothing_behind(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on with others where it noticed in time, or ends and is removed later."""

    async def cut_off() -> None:
        await executed(
            engine,
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'catalog-rebuild' and datname = current_database()",
        )

    before(monkeypatch, "follow", cut_off)
    with suppress(DatabaseUnavailable, asyncpg.PostgresError):
        await rebuilt(engine)
    await taken_for_dead(engine)
    await cleaned(engine)
    assert set((await states(engine)).values()) <= {"live", "retired", "dropped"}


async def test_the_next_one_removes_what_a_killed_one_has_left(engine: AsyncEngine) -> None:
    await begun(engine)
    with pytest.raises(AlreadyBuilding):
        await begun(engine)
    await taken_for_dead(engine)
    assert (await rebuilt(engine)).generation == 3
    await nothing_is_left(engine)


async def test_what_a_killed_one_has_left_is_removed_now_and_then(engine: AsyncEngine) -> None:
    await begun(engine)
    assert await cleaned(engine) == []
    await taken_for_dead(engine)
    assert await cleaned(engine) == [2]
    await nothing_is_left(engine)
    assert await cleaned(engine) == []


async def test_what_was_read_before_is_removed_when_it_was_kept_long_enough(
    engine: AsyncEngine,
) -> None:
    await rebuilt(engine)
    await rebuilt(engine)
    await executed(
        engine,
        "update projections.generations set updated_at = now() - interval '2 hours'"
        " where generation in (1, 3)",
    )
    assert await cleaned(engine) == [FIRST]
    assert await states(engine) == {1: "dropped", 2: "retired", 3: "live"}
    await nothing_is_left(engine, FIRST)
    assert await cleaned(engine, timedelta(0)) == [2]
    assert await live(engine) == 3


@pytest.mark.parametrize("step", STEPS)
async def test_one_that_was_taken_for_dead_never_comes_to_be_read(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, step: str, shop: Log
) -> None:
    """Another one has begun meanwhile, and goes on undisturbed."""

    async def another_begins() -> None:
        await shop.given(LAMP, ProductRenamed(name="Sun"))
        await shop.given(DESK, registered.__class__(sku="D", name="D", attributes={}))
        await projected(engine)
        await taken_for_dead(engine)
        assert await begun(engine) == 3

    before(monkeypatch, step, another_begins)
    unheard(monkeypatch)
    with pytest.raises(BuildLost) as lost:
        await rebuilt(engine)
    assert lost.value.members == {"generation": 2}
    assert await states(engine) == {1: "live", 2: "dropped", 3: "building"}
    assert await exists(engine, 3)
    await nothing_is_left(engine)


async def test_who_lives_says_so_and_how_far_it_is(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "RENEW_SECONDS", 0.02)
    monkeypatch.setattr(building, "HELD", timedelta(seconds=1))

    async def told() -> bool:
        async with driver(engine) as connection:
            row = await connection.fetchrow(
                "select progress, held_until > now() + interval '0.9 seconds' as held"
                " from projections.generations where state = 'building'"
            )
        return bool(row and row["held"] and row["progress"] > 0.8)

    before(monkeypatch, "compare_all", lambda: eventually(told))
    await rebuilt(engine)


async def test_workers_tell_how_far_it_is(
    engine: AsyncEngine, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "RENEW_SECONDS", 0.02)
    monkeypatch.setattr(projecting, "ANNOUNCE_SECONDS", 0.02)

    async def is_told() -> bool:
        return (measured("rebuild_progress") or 0) > 0.8

    async def is_told_no_more() -> bool:
        return measured("rebuild_progress") == 0

    async with connect(redis_url) as redis, running(engine, redis, lease_seconds=5):
        before(monkeypatch, "compare_all", lambda: eventually(is_told))
        await rebuilt(engine)
        await eventually(is_told_no_more)


async def test_a_periodic_job_removes_what_nobody_needs(engine: AsyncEngine) -> None:
    await begun(engine)
    await taken_for_dead(engine)
    with capture_logs() as told:
        await clean_generations({"engine": engine})
        await clean_generations({"engine": engine})
    assert [(line["event"], line["generations"]) for line in told] == [("generations_removed", [2])]
    await nothing_is_left(engine)
