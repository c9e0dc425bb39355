"""A pool tells how many of its connections are lent, and how many wait for one."""

import asyncio
import logging

import pytest

from events.database import PoolState, driver, pool, pool_state
from tests.eventually import eventually


async def test_who_waits_for_a_connection_is_counted(database_url: str) -> None:
    async with pool(database_url, application="catalog-tests", pool_size=2) as engine:

        async def borrow() -> None:
            async with driver(engine):
                pass

        async def three_wait() -> bool:
            return pool_state(engine) == PoolState(in_use=2, free=0, limit=2, waiting=3)

        async with driver(engine), driver(engine):
            waiting = [asyncio.create_task(borrow()) for _ in range(4)]
            await asyncio.sleep(0)
            waiting.pop().cancel()
            await eventually(three_wait)
        await asyncio.gather(*waiting)

        assert pool_state(engine) == PoolState(in_use=0, free=2, limit=2, waiting=0)


async def test_a_pool_is_as_quiet_as_sqlalchemys_own(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with pool(database_url, application="catalog-tests") as engine, driver(engine):
            pass
    assert not caplog.records
