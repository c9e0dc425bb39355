"""The worker's continuous part: several of them, several catalogs, and what goes wrong."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from time import perf_counter
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.nudge import connect
from events.product import PriceSet, ProductRegistered
from projections.generations import FIRST, build
from projections.projector import Batch, project
from projections.publish import Publisher, state_key
from tests.eventually import eventually
from tests.given import LAMP, Log, checkpoint, opened, projected, registered, rows
from workers import projecting as loop
from workers.projecting import Projecting


@asynccontextmanager
async def running(engine: AsyncEngine, redis: Redis, holder: str) -> AsyncIterator[Projecting]:
    projecting = Projecting(
        engine,
        Publisher(redis, ttl_seconds=60),
        holder=holder,
        lease_seconds=0.05,
        poll_seconds=0.01,
        batch_limit=3,
    )
    task = asyncio.create_task(projecting.run())
    try:
        yield projecting
    finally:
        projecting.stop()
        await task


async def test_projectors_that_fight_over_a_catalog_lead_to_the_same_rows(
    engine: AsyncEngine, redis_url: str
) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(build, FIRST + 1)
    log = Log(engine)
    async with (
        connect(redis_url) as redis,
        running(engine, redis, "a"),
        running(engine, redis, "b"),
        running(engine, redis, "b"),
    ):
        for number in range(1, 41):
            product = ProductRegistered(sku=f"P-{number}", name="P", attributes={})
            prices = [PriceSet(currency="EUR", amount=amount) for amount in range(number % 5)]
            head = await log.given(UUID(int=number), product, *prices)

        async def caught_up() -> bool:
            return await checkpoint(engine) == head

        await eventually(caught_up)

    await projected(engine, generation=FIRST + 1)
    assert await rows(engine) == await rows(engine, generation=FIRST + 1)


async def test_an_event_nobody_knows_stops_only_its_catalog(
    engine: AsyncEngine, redis_url: str
) -> None:
    broken, sound = await opened(engine, "broken"), await opened(engine, "sound")
    await broken.with_unknown_event(LAMP, 1)
    async with connect(redis_url) as redis, running(engine, redis, "a"):
        for product in (LAMP, UUID(int=9)):
            sku = f"P-{product.int}"
            head = await sound.given(product, ProductRegistered(sku=sku, name="P", attributes={}))

            async def caught_up(head: int = head) -> bool:
                return await checkpoint(engine, "sound") == head

            await eventually(caught_up)
    assert await checkpoint(engine, "broken") == 0


async def test_a_catalog_that_is_stuck_is_left_alone_for_a_while(
    engine: AsyncEngine, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And goes on by itself when a later release knows the event."""
    monkeypatch.setattr(loop, "REST_SECONDS", 0.3)
    log = await opened(engine, "broken")
    await log.with_unknown_event(LAMP, 1)
    tried: list[float] = []

    async def timed(*given: object) -> Batch:
        tried.append(perf_counter())
        return await project(*given)  # type: ignore[arg-type]

    async def tried_thrice() -> bool:
        return len(tried) == 3

    monkeypatch.setattr(loop, "project", timed)
    async with connect(redis_url) as redis, running(engine, redis, "a"):
        await eventually(tried_thrice)
    assert all(later - earlier >= 0.3 for earlier, later in pairwise(tried))


async def test_readers_of_a_stuck_catalog_are_told_where_it_stands(
    engine: AsyncEngine, redis_url: str
) -> None:
    """Redis comes back with an older state of it."""
    log = await opened(engine, "broken")
    await log.given(LAMP, registered)
    await projected(engine, "broken")
    await log.with_unknown_event(LAMP, 2)
    async with driver(engine) as connection:
        await connection.execute("update projections.checkpoints set held_until = '-infinity'")
    async with connect(redis_url) as redis:
        await redis.set(state_key("broken"), "old 0")
        async with running(engine, redis, "a"):

            async def told() -> bool:
                return bool((await redis.get(state_key("broken"))).endswith(b" 1"))

            await eventually(told)
        assert not (await redis.get(state_key("broken"))).startswith(b"old")
