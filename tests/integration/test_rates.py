"""Processes that share a limit through Redis, and one that goes on without."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from api.rates.counts import WINDOW_SECONDS
from api.rates.limit import AT_ONCE, Limit
from events.circuit import Away, redis_circuit
from tests.clock import Clock

MINUTE = 1_700_000_040.0
QUOTA = 10


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as redis:
        yield redis


@pytest.fixture
async def nowhere() -> AsyncIterator[Redis]:
    async with Redis.from_url("redis://127.0.0.1:1") as redis:
        yield redis


@pytest.fixture
def clock() -> Clock:
    return Clock(MINUTE)


def process(redis: Redis, clock: Clock, *, quota: int = QUOTA) -> Limit:
    return Limit(b"requests", quota, redis, redis_circuit(), remembered=2 * AT_ONCE, clock=clock)


def taken(limit: Limit, times: int, key: str = "ada") -> int:
    return sum(limit.take(key)[0] for _ in range(times))


async def test_one_process_grants_the_quota_and_no_more_until_the_minute_is_over(
    redis: Redis, clock: Clock
) -> None:
    limit = process(redis, clock)
    assert taken(limit, QUOTA - 1) == QUOTA - 1
    assert limit.take("ada") == (True, 0, 60)
    clock.goes_on(18.5)
    assert limit.take("ada") == (False, 0, 42)
    assert limit.take("bert") == (True, QUOTA - 1, 42)
    clock.goes_on(41.5)
    assert limit.take("ada") == (True, QUOTA - 1, 60)


async def test_processes_learn_of_each_other_when_they_tell(redis: Redis, clock: Clock) -> None:
    here, there = process(redis, clock), process(redis, clock)
    assert taken(here, 6) == 6
    await here.tell()
    assert taken(there, 3) == 3
    await there.tell()
    assert taken(there, QUOTA) == 1

    await there.tell()
    assert taken(here, 1) == 1
    await here.tell()
    assert taken(here, QUOTA) == 0


async def test_what_is_told_twice_counts_once(redis: Redis, clock: Clock) -> None:
    """Redis may have heard what its answer did not come back of."""
    here, there = process(redis, clock), process(redis, clock)
    for _ in range(3):
        assert taken(here, 1) == 1
        await here.tell()
        await here.tell()
    taken(there, 1)
    await there.tell()
    assert there.take("ada")[1] == QUOTA - 5


async def test_a_minute_ends_in_all_processes(redis: Redis, clock: Clock) -> None:
    here, there = process(redis, clock), process(redis, clock)
    taken(here, QUOTA)
    await here.tell()
    taken(there, 1)
    await there.tell()
    assert taken(there, 1) == 0

    clock.goes_on(WINDOW_SECONDS)
    await here.tell()  # of the minute that is over, which nobody counts any more
    assert taken(there, 1) == taken(here, 1) == 1
    await there.tell()
    await here.tell()
    assert taken(here, QUOTA) == QUOTA - 2


async def test_redis_forgets_what_is_over(redis: Redis, clock: Clock) -> None:
    limit = process(redis, clock)
    taken(limit, 1)
    await limit.tell()
    [key] = await redis.keys("rates:*")
    assert WINDOW_SECONDS < await redis.ttl(key) <= 2 * WINDOW_SECONDS


async def test_more_users_than_are_told_at_once_are_all_told(redis: Redis, clock: Clock) -> None:
    here, there = process(redis, clock), process(redis, clock)
    names = [f"user-{number}" for number in range(AT_ONCE + 1)]
    for name in names:
        taken(here, 3, name)
        taken(there, 1, name)
    await here.tell()
    await there.tell()
    assert {there.take(name)[1] for name in names} == {QUOTA - 5}


async def test_without_redis_a_process_decides_on_its_own_count(
    nowhere: Redis, clock: Clock
) -> None:
    limit = process(nowhere, clock)
    assert taken(limit, 6) == 6
    with pytest.raises(Away):
        await limit.tell()
    assert taken(limit, QUOTA) == QUOTA - 6


async def test_what_was_counted_without_redis_is_told_when_it_is_back(
    redis: Redis, clock: Clock
) -> None:
    here, there = process(redis, clock), process(redis, clock)
    taken(here, 6)
    await here.tell()
    await redis.flushdb()
    taken(here, 1)
    await here.tell()
    taken(there, 1)
    await there.tell()
    assert there.take("ada")[1] == QUOTA - 9


async def test_a_redis_that_refuses_is_done_without(redis: Redis, clock: Clock) -> None:
    limit = process(redis, clock)
    taken(limit, 1)
    await redis.set("rates:requests:28333334:ada", "no hash")
    with pytest.raises(Away):
        await limit.tell()
    assert taken(limit, QUOTA) == QUOTA - 1
