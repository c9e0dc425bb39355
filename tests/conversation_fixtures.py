"""An administrator who talks to the whole API, and the projector behind it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from projections.publish import Publisher
from tests.auth import Service, given_key, given_user
from tests.conversation import Caller
from tests.serving import served
from workers.projecting import Projecting


@pytest.fixture
async def anna(client: AsyncClient, engine: AsyncEngine) -> Caller:
    """An administrator of all catalogs."""
    await given_key(engine)
    await given_user(engine, "anna", {"*": "admin"})
    return Caller(client, await Service(client).token_of("anna"))


@pytest.fixture
def token(anna: Caller) -> str:
    assert anna.token
    return anna.token


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    async with served(app) as address:
        yield address


@pytest.fixture
async def projecting(engine: AsyncEngine, redis_url: str) -> AsyncIterator[None]:
    async with Redis.from_url(redis_url) as redis:
        projector = Projecting(
            engine,
            Publisher(redis, ttl_seconds=60),
            holder="tests",
            lease_seconds=5,
            poll_seconds=0.02,
            batch_limit=500,
        )
        running = asyncio.create_task(projector.run())
        yield
        projector.stop()
        await running
