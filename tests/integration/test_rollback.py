"""Back to what was read before, which is brought up to date first."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.nudge import connect
from events.product import PriceSet, ProductRegistered, ProductRenamed
from projections import building
from projections import rebuild as rebuilding
from projections.building import begin, clean, take_up
from projections.errors import AlreadyBuilding, BuildLost, NothingToRollBack, SwitchTimedOut
from projections.generations import FIRST
from projections.meeting import Built, follow
from projections.switching import Switched, switch
from tests import holding
from tests.eventually import eventually
from tests.given import (
    DESK,
    LAMP,
    TELEPORTED,
    Log,
    another_generation,
    checkpoint,
    opened,
    projected,
    registered,
    rows,
)
from tests.parking import discarded, newer_release, places
from tests.projectors import running
from tests.rebuilding import (
    all_rows,
    executed,
    exists,
    live,
    rebuilt,
    rolled_back,
    states,
    taken_for_dead,
    unheard,
)

desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
sun = ProductRenamed(name="Sun")
FRESH = 99


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


@pytest.fixture
async def log(engine: AsyncEngine) -> Log:
    """It was applied, and rebuilt once."""
    log = Log(engine)
    await log.given(LAMP, registered)
    await projected(engine)
    await rebuilt(engine)
    return log


async def test_it_has_what_came_since(engine: AsyncEngine, log: Log) -> None:
    """Also of catalogs that it has never heard of."""
    await log.given(DESK, desk, PriceSet(currency="EUR", amount=1))
    head = await log.given(LAMP, sun)
    outlet = await opened(engine, "outlet")
    await outlet.given(LAMP, registered)
    for catalog in ("main", "outlet"):
        await projected(engine, catalog, generation=2)
    assert await rolled_back(engine) == await live(engine) == FIRST
    assert (await checkpoint(engine), await checkpoint(engine, "outlet")) == (head, 1)
    await another_generation(engine, FRESH)
    for catalog in ("main", "outlet"):
        await projected(engine, catalog, generation=FRESH)
    assert await all_rows(engine, FIRST) == await all_rows(engine, FRESH)


async def test_two_of_them_go_back_and_forth(engine: AsyncEngine, redis: Redis, log: Log) -> None:
    async with running(engine, redis, lease_seconds=5):
        for expected in (FIRST, 2, FIRST):
            await rolled_back(engine, redis)
            assert await live(engine) == expected
            head = await log.given(LAMP, ProductRenamed(name=f"Lamp of {expected}"))

            async def is_applied(generation: int = expected, head: int = head) -> bool:
                return await checkpoint(engine, generation=generation) == head

            await eventually(is_applied)
    assert (await rebuilt(engine)).differences == []


async def test_it_goes_to_the_one_that_was_read_last(engine: AsyncEngine, log: Log) -> None:
    assert (await rebuilt(engine)).generation == 3
    assert log
    assert [await rolled_back(engine) for _ in range(3)] == [2, 3, 2]
    assert await states(engine) == {1: "retired", 2: "live", 3: "retired"}


async def test_where_no_other_is_kept_there_is_none_to_go_back_to(engine: AsyncEngine) -> None:
    with pytest.raises(NothingToRollBack):
        await rolled_back(engine)
    assert await states(engine) == {1: "live"}


async def test_one_that_is_removed_in_this_moment_is_none_to_go_back_to(
    engine: AsyncEngine, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert log
    monkeypatch.setattr(building, "_PATIENT", "set local lock_timeout = '60s'")
    removed = "update projections.generations set state = 'dropped' where generation = 1"
    async with holding.held(engine, removed):
        task = asyncio.create_task(rolled_back(engine))
        await holding.waits(engine, holding.REBUILD, "projections.generations")
    with pytest.raises(NothingToRollBack):
        await task
    assert await states(engine) == {1: "dropped", 2: "live"}


async def test_this_release_does_not_go_on_with_one_of_other_code(
    engine: AsyncEngine, log: Log
) -> None:
    assert log
    await executed(
        engine, "update projections.generations set code_digest = '' where generation = 1"
    )
    with pytest.raises(NothingToRollBack):
        await rolled_back(engine)
    assert await states(engine) == {1: "retired", 2: "live"}


async def test_what_stood_still_in_it_stands_still_again(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    at_fault = await log.given_stored(LAMP, TELEPORTED)
    await projected(engine)
    with monkeypatch.context() as newer:
        newer_release(newer, {"name": "Star"})
        await rebuilt(engine)
    await log.given(LAMP, sun)
    await rolled_back(engine)
    assert await places(engine, generation=FIRST) == [(LAMP, at_fault)]
    assert "sun" not in (await rows(engine))["product_search"][0]


async def test_what_was_discarded_since_does_not_stand_still_in_it(engine: AsyncEngine) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    at_fault = await log.given_stored(LAMP, TELEPORTED)
    await log.given(LAMP, sun)
    await projected(engine)
    await rebuilt(engine)
    await discarded(engine, LAMP, at_fault)
    await rolled_back(engine)
    assert await places(engine, generation=FIRST) == []
    assert "sun" in (await rows(engine))["product_search"][0]


async def test_one_that_fails_keeps_it_for_another(
    engine: AsyncEngine, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whomever: the lease on it is let go."""

    async def timed_out(own: AsyncEngine, built: Built) -> Switched:
        await follow(own, built)
        assert await states(engine) == {1: "building", 2: "live"}
        raise SwitchTimedOut

    with monkeypatch.context() as held_up:
        held_up.setattr(rebuilding, "switch", timed_out)
        with pytest.raises(SwitchTimedOut):
            await rolled_back(engine, holder="one")
    assert await states(engine) == {1: "retired", 2: "live"}
    await log.given(LAMP, sun)
    await projected(engine, generation=2)
    assert await rolled_back(engine, holder="another") == FIRST
    assert await all_rows(engine, 1) == await all_rows(engine, 2)


async def test_one_that_is_cancelled_keeps_it_too(
    engine: AsyncEngine, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert log
    reached = asyncio.Event()

    async def waiting(_engine: AsyncEngine, _built: Built) -> Switched:
        reached.set()
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(rebuilding, "switch", waiting)
    task = asyncio.create_task(rolled_back(engine))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await states(engine) == {1: "retired", 2: "live"}


async def taken_up(engine: AsyncEngine) -> int:
    async with driver(engine) as connection:
        return await take_up(connection, "other")


async def test_one_that_was_killed_keeps_it_too(engine: AsyncEngine, log: Log) -> None:
    """Whoever comes next, or looks now and then, puts it back."""
    assert log
    assert await taken_up(engine) == FIRST
    with pytest.raises(AlreadyBuilding):
        await rolled_back(engine)
    await taken_for_dead(engine)
    assert await rolled_back(engine) == FIRST

    assert await taken_up(engine) == 2
    await taken_for_dead(engine)
    async with driver(engine) as connection:
        assert await clean(connection, timedelta(hours=1)) == []
    assert await states(engine) == {1: "live", 2: "retired"}
    assert await exists(engine, 2)

    assert await taken_up(engine) == 2
    await taken_for_dead(engine)
    assert (await rebuilt(engine)).generation == 3
    assert await states(engine) == {1: "retired", 2: "retired", 3: "live"}


async def test_one_that_was_taken_for_dead_never_comes_to_be_read(
    engine: AsyncEngine, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def late(own: AsyncEngine, built: Built) -> Switched:
        await taken_for_dead(engine)
        assert await taken_up(engine) == FIRST
        await log.given(LAMP, sun)
        return await switch(own, built)

    unheard(monkeypatch)
    monkeypatch.setattr(rebuilding, "switch", late)
    with pytest.raises(BuildLost):
        await rolled_back(engine)
    assert await states(engine) == {1: "building", 2: "live"}


async def test_while_tables_are_rebuilt_there_is_none(engine: AsyncEngine, log: Log) -> None:
    """And what a rebuild left that was killed is in nobody's way."""
    assert log
    async with driver(engine) as connection:
        assert await begin(connection, "other") == 3
    with pytest.raises(AlreadyBuilding):
        await rolled_back(engine)
    await taken_for_dead(engine)
    assert await rolled_back(engine) == FIRST
    assert await states(engine) == {1: "live", 2: "retired", 3: "dropped"}
