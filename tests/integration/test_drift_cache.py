"""Cached documents that are not what the log says are found and forgotten."""

from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from events.nudge import connect
from events.product import ProductRegistered, ProductRenamed
from projections.cached import document_key, state_key
from projections.drift import Place
from projections.generations import FIRST
from projections.publish import Publisher
from tests.given import DESK, LAMP, SWITCHED, Log, projected, registered
from tests.parking import parked
from tests.projectors import measured
from tests.reading import cached, read
from tests.rebuilding import NO_REDIS, executed
from workers.drifting import SAMPLE, check_catalog

PLACE = Place("main", FIRST)
KEY = document_key("main", LAMP)
desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
sun = ProductRenamed(name="Sun")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


@pytest.fixture
async def publisher(redis: Redis) -> Publisher:
    made = Publisher(redis, ttl_seconds=60)
    await made.announce("main", SWITCHED, 0, 0)
    return made


@pytest.fixture(autouse=True)
async def log(engine: AsyncEngine, publisher: Publisher) -> Log:
    """It was applied and published: the lamp is at its second version."""
    log = Log(engine)
    await log.given(DESK, desk)
    await log.given(LAMP, registered, sun)
    await publish(engine, publisher)
    return log


async def publish(engine: AsyncEngine, publisher: Publisher) -> None:
    for batch in await projected(engine, limits=[1] * 10):
        await publisher.publish("main", SWITCHED, batch)


async def version_in_cache(redis: Redis, product: UUID = LAMP) -> int | None:
    found = await cached(redis, product)
    return found.version if found else None


def found_in_cache() -> float:
    return measured("drift_total", catalog="main", where="cache") or 0


async def put(redis: Redis, version: int, body: bytes, token: bytes | None = None) -> None:
    """A document, by hand."""
    current, _ = (await redis.get(state_key("main"))).split()
    await redis.set(KEY, b"%b %d\n%b" % (token or current, version, body))


async def body_of(redis: Redis) -> bytes:
    body: bytes = (await redis.get(KEY)).partition(b"\n")[2]
    return body


async def is_accused(engine: AsyncEngine, redis: Redis) -> bool:
    before = found_in_cache()
    await check_catalog(engine, redis, PLACE, SAMPLE)
    assert await parked(engine) == []
    assert await version_in_cache(redis, DESK) == 1
    return found_in_cache() == before + 1


async def test_what_is_right_stays(engine: AsyncEngine, redis: Redis) -> None:
    assert await version_in_cache(redis) == 2
    assert not await is_accused(engine, redis)
    assert await version_in_cache(redis) == 2


async def test_other_bytes_are_found_and_read_from_the_tables_again(
    engine: AsyncEngine, redis: Redis
) -> None:
    right = await body_of(redis)
    await put(redis, 2, right.replace(b"Sun", b"Son"))
    with capture_logs() as told:
        assert await is_accused(engine, redis)
    (line,) = [each for each in told if each["event"] == "drift_found"]
    assert (line["product_id"], line["where"]) == (str(LAMP), "cache")
    assert await version_in_cache(redis) is None
    found = await read(engine, redis)
    assert found.value
    assert found.value.body == right == await body_of(redis)
    assert not await is_accused(engine, redis)


async def test_an_earlier_version_is_found(
    engine: AsyncEngine, redis: Redis, publisher: Publisher, log: Log
) -> None:
    right = await body_of(redis)
    await log.given(LAMP, ProductRenamed(name="Moon"))
    await publish(engine, publisher)
    await put(redis, 2, right)
    assert await is_accused(engine, redis)
    assert await version_in_cache(redis) is None


async def test_a_product_that_the_log_does_not_know_is_found(
    engine: AsyncEngine, redis: Redis
) -> None:
    """As long as the tables know it, or did."""
    await executed(
        engine,
        "insert into read_1.product_prices values ('main', $1, 'EUR', 1, 'draft', '', '', now())",
        UUID(int=99),
    )
    token, _ = (await redis.get(state_key("main"))).split()
    await redis.set(document_key("main", UUID(int=99)), token + b" 1\n{}")
    await check_catalog(engine, redis, PLACE, SAMPLE)
    assert await version_in_cache(redis, UUID(int=99)) is None


async def test_an_earlier_version_is_right_while_the_cache_is_behind(
    engine: AsyncEngine, redis: Redis, log: Log
) -> None:
    await log.given(LAMP, ProductRenamed(name="Moon"))
    await projected(engine)
    assert not await is_accused(engine, redis)
    assert await version_in_cache(redis) == 2


async def test_a_later_version_than_the_cache_tells_of_may_be_there_already(
    engine: AsyncEngine, redis: Redis, publisher: Publisher, log: Log
) -> None:
    """Documents are put before it is announced how far they have come."""
    state = await redis.get(state_key("main"))
    await log.given(LAMP, ProductRenamed(name="Moon"))
    await publish(engine, publisher)
    await redis.set(state_key("main"), state)
    assert not await is_accused(engine, redis)
    assert await version_in_cache(redis) == 3


async def test_what_nobody_believes_accuses_nobody(engine: AsyncEngine, redis: Redis) -> None:
    await put(redis, 2, b"{}", token=b"1.old")
    assert not await is_accused(engine, redis)
    await redis.flushdb()
    await redis.set(KEY, b"1.old 2\n{}")
    before = found_in_cache()
    await check_catalog(engine, redis, PLACE, SAMPLE)
    assert found_in_cache() == before


async def test_of_a_product_whose_tables_are_wrong_nothing_stays_cached(
    engine: AsyncEngine, redis: Redis
) -> None:
    await executed(engine, "delete from only read_1.product_search where product_id = $1", LAMP)
    before = found_in_cache()
    await check_catalog(engine, redis, PLACE, SAMPLE)
    assert [each.product_id for each in await parked(engine)] == [LAMP]
    assert (await version_in_cache(redis), found_in_cache()) == (None, before)


async def test_without_redis_the_tables_are_checked_all_the_same(engine: AsyncEngine) -> None:
    async with connect(NO_REDIS) as away:
        with capture_logs() as told:
            await check_catalog(engine, away, PLACE, SAMPLE)
        assert [line["event"] for line in told] == ["cache_unchecked"]
        await executed(engine, "delete from only read_1.product_search where product_id = $1", LAMP)
        with capture_logs() as told:
            await check_catalog(engine, away, PLACE, SAMPLE)
    assert [each.product_id for each in await parked(engine)] == [LAMP]
    assert [line["event"] for line in told] == [
        "cache_unchecked",
        "drift_found",
        "cache_unchecked",
    ]
