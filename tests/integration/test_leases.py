"""One projector at a time, and what becomes of those who are late."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.nudge import connect
from events.product import PriceSet, ProductRegistered
from projections.generations import FIRST, build
from projections.leases import Lease, LeaseLost, acquire, release
from projections.projector import project
from projections.publish import Publisher
from tests.eventually import eventually
from tests.given import LAMP, Log, checkpoint, opened, projected, registered, rows
from workers.projecting import Projecting

MOMENT = timedelta(milliseconds=1)
LONG = timedelta(minutes=1)


async def taken(engine: AsyncEngine, holder: str, duration: timedelta = LONG) -> Lease | None:
    async with driver(engine) as connection:
        return await acquire(connection, "main", FIRST, holder, duration)


async def test_a_lease_is_held_by_one_until_it_is_released(engine: AsyncEngine) -> None:
    first = await taken(engine, "a")
    assert first
    assert await taken(engine, "b") is None
    async with driver(engine) as connection:
        await release(connection, first)
    second = await taken(engine, "b")
    assert second
    assert second.epoch > first.epoch


async def test_a_lease_that_ran_out_is_taken_over(engine: AsyncEngine) -> None:
    assert await taken(engine, "a", MOMENT)

    async def taken_over() -> bool:
        return await taken(engine, "b") is not None

    await eventually(taken_over)


async def test_who_lost_the_lease_changes_nothing_and_releases_nothing(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    late = await taken(engine, "a", MOMENT)
    await asyncio.sleep(MOMENT.total_seconds() * 2)
    assert late
    assert await taken(engine, "b")

    async with driver(engine) as connection:
        with pytest.raises(LeaseLost):
            await project(connection, late, 0, 10)
        await release(connection, late)

    assert await checkpoint(engine) == 0
    assert not any((await rows(engine)).values())
    assert await taken(engine, "c") is None


async def test_a_batch_renews_the_lease(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    lease = await taken(engine, "a", MOMENT)
    assert lease
    renewing = Lease(lease.catalog, lease.generation, lease.epoch, LONG)
    async with driver(engine) as connection:
        await project(connection, renewing, 0, 10)
    assert await taken(engine, "b") is None


async def test_a_checkpoint_that_moved_meanwhile_refuses_the_batch(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    lease = await taken(engine, "a")
    assert lease
    async with driver(engine) as connection:
        await project(connection, lease, 0, 10)
        with pytest.raises(LeaseLost):
            await project(connection, lease, 0, 10)


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
