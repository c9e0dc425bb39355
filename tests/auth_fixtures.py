"""Two processes of the API's authentication, and the user `ada` whom they know."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from tests.auth import Service, given_key, given_user, service


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as redis:
        yield redis


@pytest.fixture
async def here(settings: Settings, engine: AsyncEngine, redis: Redis) -> AsyncIterator[Service]:
    await given_key(engine)
    await given_user(engine, "ada", {"main": "editor"})
    async with service(settings, engine, redis) as here:
        yield here


@pytest.fixture
async def elsewhere(
    here: Service, settings: Settings, engine: AsyncEngine, redis: Redis
) -> AsyncIterator[Service]:
    assert here
    async with service(settings, engine, redis) as elsewhere:
        yield elsewhere
