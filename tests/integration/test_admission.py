"""What a request has counted for, and how its answer tells."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from api.rates.limits import Limits, told
from api.settings import Settings
from events.circuit import redis_circuit


@pytest.fixture
async def limits(settings: Settings) -> AsyncIterator[Limits]:
    quotas = settings.model_copy(update={"requests_per_minute": 10, "writes_per_minute": 5})
    async with Redis.from_url("redis://127.0.0.1:1") as redis:
        yield Limits(quotas, redis, redis_circuit())


async def test_a_request_counts_once_for_each_policy(limits: Limits) -> None:
    scope: dict[str, Any] = {"state": {}}
    for _ in range(3):
        limits.admit_request(scope, "ada")
        limits.admit_write(scope, "main")

    headers = told(scope)
    assert headers
    (_, policies), (_, rates) = headers
    assert policies == b'"requests";q=10;w=60, "writes";q=5;w=60'
    assert [rate.rpartition(b";")[0] for rate in rates.split(b", ")] == [
        b'"requests";r=9',
        b'"writes";r=4',
    ]
