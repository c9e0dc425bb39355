"""Reads from Redis and PostgreSQL: never staler than they say, whatever happens to Redis."""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.nudge import connect
from events.product import ProductRenamed
from projections.publish import VOUCHED_MILLISECONDS, Publisher, vouched_key
from queries import product
from queries.answer import Answer
from queries.cache import ProductCache
from queries.product import Document, by_id
from tests.given import DESK, LAMP, SWITCHED, Log, projected, registered
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
    cache = ProductCache(redis, ttl_seconds=SECONDS)
    answer = await by_id(engine, cache, "main", LAMP, minimum=minimum)
    assert answer.value
    return answer.value.version, answer.position


async def put_in_cache(redis: Redis, version: int, position: int) -> None:
    """What a reader does that read this from PostgreSQL."""
    cache = ProductCache(redis, ttl_seconds=SECONDS)
    seen = await cache.find("main", LAMP)
    assert seen
    body = b'{"version":%d}' % version
    await cache.keep("main", LAMP, token=seen.token, position=position, version=version, body=body)


async def cached(redis: Redis) -> int | None:
    found = await ProductCache(redis, ttl_seconds=SECONDS).find("main", LAMP)
    return found.version if found and found.body is not None else None


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
    find = product._read  # noqa: SLF001 -- overtaken in the middle of a read

    async def overtaken(
        engine: AsyncEngine, query: str, catalog: str, key: UUID | str
    ) -> Answer[Document | None]:
        found = await find(engine, query, catalog, key)
        await publisher.announce("main", SWITCHED + 1, 1, 1)
        return found

    monkeypatch.setattr(product, "_read", overtaken)
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
    assert 0 < await redis.pttl(vouched_key("main")) <= VOUCHED_MILLISECONDS
    await redis.delete(vouched_key("main"))
    assert await cached(redis) is None
    await Publisher(redis, ttl_seconds=SECONDS).announce("main", SWITCHED, 1, 1)
    assert await cached(redis) == 1
