"""What the worker tells Prometheus of its queue, also while Redis is away."""

from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.harness.installation import free_port
from commands.job_hints import hint
from workers import http

QUEUED = "catalog_projection_arq_queue_jobs"


async def told(engine: AsyncEngine, redis: Redis) -> list[str]:
    transport = ASGITransport(http.application(engine, redis, lambda: "ok"))
    async with AsyncClient(transport=transport, base_url="http://worker.test") as asked:
        answer = await asked.get("/metrics")
    return [line for line in answer.text.splitlines() if line.startswith(QUEUED)]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as redis:
        yield redis


async def test_it_tells_how_much_arq_has_to_do(engine: AsyncEngine, redis: Redis) -> None:
    assert await told(engine, redis) == [f"{QUEUED} 0.0"]

    await hint(redis)
    await hint(redis)

    assert await told(engine, redis) == [f"{QUEUED} 2.0"]


async def test_while_redis_is_away_it_tells_no_figure(engine: AsyncEngine) -> None:
    async with Redis(port=free_port()) as away:
        assert await told(engine, away) == [f"{QUEUED} NaN"]
