"""Reads from Redis and PostgreSQL: never staler than they say, whatever happens to Redis."""

from collections.abc import AsyncIterator, Iterator, Sequence
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.nudge import connect
from events.product import ProductRenamed
from projections.publish import Publisher
from queries import stored
from queries.document import Document
from queries.stored import Stored
from tests import reading
from tests.given import DESK, LAMP, SWITCHED, Log, projected, registered
from tests.reading import product_cache, put_back, vouched, vouched_before
from tests.redis_process import RedisProcess, redis_process

SUN = ProductRenamed(name="Sun")
SECONDS = 60


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


async def publish(engine: AsyncEngine, redis: Redis) -> None:
    """Project what is new, and publish it."""
    publisher = Publisher(redis, ttl_seconds=SECONDS)
    for batch in await projected(engine):
        await publisher.publish("main", SWITCHED, batch)


async def read(engine: AsyncEngine, redis: Redis, minimum: int = 0) -> tuple[int, int]:
    """The lamp's version, and the position that the answer claims to reflect."""
    answer = await reading.read(engine, redis, minimum=minimum)
    assert answer.value
    return answer.value.version, answer.position


async def put_in_cache(redis: Redis, version: int, position: int) -> None:
    """What a reader does that read this from PostgreSQL."""
    seen = await vouched(redis)
    assert seen
    await put_back(redis, seen, position, Document(version, b'{"version":%d}' % version))


async def cached(redis: Redis) -> int | None:
    found = await reading.cached(redis)
    return found.version if found else None


async def test_what_was_read_from_postgres_is_kept(engine: AsyncEngine, redis: Redis) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    await Publisher(redis, ttl_seconds=SECONDS).announce("main", SWITCHED, 1, 1)
    assert await cached(redis) is None
    assert await read(engine, redis) == (1, 1)
    assert await cached(redis) == 1


async def test_who_read_before_an_announcement_keeps_nothing_after_it(
    engine: AsyncEngine, redis: Redis
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    await publish(engine, redis)
    await log.given(DESK, registered.__class__(sku="DESK", name="Desk", attributes={}))
    await publish(engine, redis)
    await put_in_cache(redis, version=1, position=1)
    assert await cached(redis) is None
    await put_in_cache(redis, version=1, position=2)
    assert await cached(redis) == 1


async def test_who_read_before_a_switch_keeps_nothing_after_it(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands at the same position as before, and its documents may be other ones."""
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    publisher = Publisher(redis, ttl_seconds=SECONDS)
    await publisher.announce("main", SWITCHED, 1, 1)
    find = stored.find

    async def overtaken(engine: AsyncEngine, keys: Sequence[tuple[str, UUID]]) -> list[Stored]:
        found = await find(engine, keys)
        await publisher.announce("main", SWITCHED + 1, 1, 1)
        return found

    monkeypatch.setattr(stored, "find", overtaken)
    assert await read(engine, redis) == (1, 1)
    assert await cached(redis) is None


async def test_an_older_version_never_replaces_a_newer_one(
    engine: AsyncEngine, redis: Redis
) -> None:
    await Log(engine).given(LAMP, registered, SUN)
    await publish(engine, redis)
    await put_in_cache(redis, version=2, position=2)
    await put_in_cache(redis, version=1, position=2)
    assert await cached(redis) == 2


async def test_a_batch_that_is_published_late_replaces_nothing_newer(
    engine: AsyncEngine, redis: Redis
) -> None:
    publisher = Publisher(redis, ttl_seconds=SECONDS)
    await publisher.announce("main", SWITCHED, 0, 0)
    await Log(engine).given(LAMP, registered, SUN)
    first, _ = await projected(engine, limits=[1, 1])
    assert await read(engine, redis) == (2, 2)
    await publisher.publish("main", SWITCHED, first)
    assert await cached(redis) == 2


async def test_redis_is_not_asked_for_more_than_it_has_heard(
    engine: AsyncEngine, redis: Redis
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    await publish(engine, redis)
    await put_in_cache(redis, version=1, position=1)
    await log.given(LAMP, SUN)
    await projected(engine)
    assert await read(engine, redis) == (1, 1)
    assert await read(engine, redis, minimum=2) == (2, 2)


async def test_without_redis_postgres_answers(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    async with connect("redis://127.0.0.1:1") as away:
        assert await read(engine, away) == (1, 1)


@pytest.fixture
def own_redis() -> Iterator[RedisProcess]:
    with redis_process() as process:
        yield process


async def test_what_redis_remembers_of_old_times_is_not_served_for_new(
    engine: AsyncEngine, own_redis: RedisProcess
) -> None:
    log = Log(engine)
    async with connect(own_redis.url) as redis:
        await log.given(LAMP, registered)
        await publish(engine, redis)
        await put_in_cache(redis, version=1, position=1)
        await redis.save()
        own_redis.stop()
        await log.given(LAMP, SUN)
        await projected(engine)
        assert await read(engine, redis) == (2, 2)

        own_redis.start()
        await vouched_before(redis, 0)
        assert await read(engine, redis) == (1, 1)
        assert await read(engine, redis, minimum=2) == (2, 2)
        await Publisher(redis, ttl_seconds=SECONDS).announce("main", SWITCHED, 2, 2)
        assert await read(engine, redis) == (2, 2)


async def test_a_cache_that_no_worker_vouches_for_is_not_believed(
    engine: AsyncEngine, redis: Redis
) -> None:
    """A worker that died between its commit and Redis; the next one keeps what is still right."""
    await Log(engine).given(LAMP, registered)
    await publish(engine, redis)
    await read(engine, redis)
    assert await cached(redis) == 1
    await vouched_before(redis, 5)
    found = (await product_cache(redis).find([("main", LAMP)]))["main", LAMP]
    assert found
    assert found.believed(0) is None
    await Publisher(redis, ttl_seconds=SECONDS).announce("main", SWITCHED, 1, 1)
    assert await cached(redis) == 1
