"""One product, from the read tables."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.nudge import connect
from events.product import PriceSet
from tests.given import DESK, LAMP, Log, opened, projected, registered
from tests.reading import read


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


async def test_it_is_found_by_its_id_and_its_sku(engine: AsyncEngine, redis: Redis) -> None:
    await Log(engine).given(LAMP, registered, PriceSet(currency="EUR", amount=1))
    await projected(engine)
    found = await read(engine, redis)
    assert found.value
    assert (found.value.version, found.position) == (2, 2)
    assert msgspec.json.decode(found.value.body)["sku"] == "LAMP-1"
    assert await read(engine, redis, "LAMP-1") == found


async def test_what_is_sent_is_what_was_stored(engine: AsyncEngine, redis: Redis) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    found = await read(engine, redis)
    async with driver(engine) as connection:
        stored = await connection.fetchval("select document from read.product_details")
    assert found.value
    assert found.value.body == stored.encode()


async def test_an_unknown_product_is_nothing_as_of_a_position(
    engine: AsyncEngine, redis: Redis
) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    assert (await read(engine, redis, DESK)).value is None
    assert (await read(engine, redis, DESK)).position == 1
    assert (await read(engine, redis, "lamp-1")).value is None


async def test_before_the_first_projection_nothing_is_there(
    engine: AsyncEngine, redis: Redis
) -> None:
    await Log(engine).given(LAMP, registered)
    answer = await read(engine, redis)
    assert (answer.value, answer.position) == (None, 0)


async def test_a_product_of_another_catalog_is_not_found(engine: AsyncEngine, redis: Redis) -> None:
    await (await opened(engine, "other")).given(LAMP, registered)
    await projected(engine, "other")
    assert (await read(engine, redis)).value is None
    assert (await read(engine, redis, "LAMP-1")).value is None
    assert (await read(engine, redis, "LAMP-1", "other")).value
