"""While products are written, parked, discarded and rebuilt, nothing that is right is accused."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from random import Random
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from events.nudge import connect
from events.product import PriceSet, ProductRegistered, ProductRenamed
from tests.eventually import eventually
from tests.given import TELEPORTED, Log
from tests.interventions import kept, requested
from tests.parking import parked
from tests.projectors import measured, running
from tests.reading import read
from tests.rebuilding import live, rebuilt
from workers.drifting import check_all

PRODUCTS = [UUID(int=number) for number in range(1, 21)]
ROUNDS = 25


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


async def written(log: Log) -> None:
    """Now and then something comes that stands still, and is then discarded."""
    chance = Random(1)
    for product in PRODUCTS:
        await log.given(product, ProductRegistered(sku=f"{product.int}", name="P", attributes={}))
    for number in count():
        product = chance.choice(PRODUCTS)
        price = PriceSet(currency="EUR", amount=number)
        await log.given(product, ProductRenamed(name=f"{number}"), price)
        if number % 40 == 7:
            position = await log.given_stored(product, TELEPORTED)
            await stands_still(log.engine, product)
            await requested(log.engine, product, "discard", position=position)
        await asyncio.sleep(0.002)


async def stands_still(engine: AsyncEngine, product: UUID) -> None:
    async def is_parked() -> bool:
        found = await parked(engine, generation=await live(engine))
        return product in {each.product_id for each in found}

    await eventually(is_parked)


async def read_all(engine: AsyncEngine, redis: Redis) -> None:
    while True:
        for product in PRODUCTS:
            await read(engine, redis, product)


async def test_nothing_is_accused(engine: AsyncEngine, redis: Redis) -> None:
    before = measured("drift_checked_total", catalog="main") or 0
    with capture_logs() as told:
        async with running(engine, redis, lease_seconds=5, most=20):
            doings = [
                asyncio.create_task(written(Log(engine))),
                asyncio.create_task(read_all(engine, redis)),
            ]
            try:
                for number in range(ROUNDS):
                    await check_all(engine, redis)
                    if number == ROUNDS // 2:
                        assert (await rebuilt(engine, redis)).differences == []
                    await asyncio.sleep(0.02)
                await eventually(lambda: one_is_discarded(engine))
                assert not any(doing.done() for doing in doings)
            finally:
                for doing in doings:
                    doing.cancel()
                await asyncio.gather(*doings, return_exceptions=True)
    assert [line for line in told if line["event"] == "drift_found"] == []
    assert (measured("drift_checked_total", catalog="main") or 0) > before + ROUNDS


async def one_is_discarded(engine: AsyncEngine) -> bool:
    return "done" in {each.outcome for each in await kept(engine)}
