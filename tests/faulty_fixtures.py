"""A process of the query side with ways to Redis and to PostgreSQL that a test can spoil."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from api.settings import Settings
from tests.conversation import PRODUCTS, Caller
from tests.faulty import Shelf, served_by
from tests.proxy import Proxy, proxy, redis_proxy

PRODUCTS_GIVEN = 20


@pytest.fixture
async def way_to_redis(redis_url: str) -> AsyncIterator[Proxy]:
    async with redis_proxy(redis_url) as made:
        yield made


@pytest.fixture
async def way_to_postgres(database_url: str) -> AsyncIterator[Proxy]:
    async with proxy(database_url) as made:
        yield made


@pytest.fixture
def spoilt(settings: Settings, way_to_redis: Proxy, way_to_postgres: Proxy) -> Settings:
    """It remembers no products, so that each read asks Redis or PostgreSQL."""
    return settings.model_copy(
        update={
            "side": "queries",
            "redis_url": SecretStr(way_to_redis.url),
            "query_database_url": SecretStr(way_to_postgres.url),
            "process_cache_bytes": 0,
        }
    )


@pytest.fixture
async def shelf(anna: Caller) -> Shelf:
    receipts = [await anna.given(sku=f"LAMP-{number}") for number in range(PRODUCTS_GIVEN)]
    position = receipts[-1]["position"]
    paths = [f"{PRODUCTS}/{receipt['id']}" for receipt in receipts]
    bodies = {path: (await anna.reads(path, position)).body for path in paths}
    return Shelf(bodies, position)


@pytest.fixture
async def reader(spoilt: Settings, anna: Caller, shelf: Shelf) -> AsyncIterator[Caller]:
    async with served_by(spoilt, anna, shelf) as caller:
        yield caller
