"""One projector at a time, and what becomes of those who are late."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from projections.generations import FIRST
from projections.leases import Lease, LeaseLost, acquire, release
from projections.projector import project
from tests.eventually import eventually
from tests.given import LAMP, Log, checkpoint, registered, rows

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
    renewing = replace(lease, duration=LONG)
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
