"""A pool of connections to Redis that is closed while commands are on their way."""

import asyncio

import pytest
from redis.asyncio import ConnectionPool
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from events.nudge import Pool, connect

COMMANDS = 20
MOMENTS = 60
"""Turns of the loop after which the pool is closed; a command takes some twenty."""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[AbstractConnection]:
    connections: list[AbstractConnection] = []

    make = ConnectionPool.make_connection

    def make_connection(pool: Pool) -> AbstractConnection:
        connections.append(make(pool))  # type: ignore[no-untyped-call]
        return connections[-1]

    monkeypatch.setattr(Pool, "make_connection", make_connection)
    return connections


async def test_commands_that_outlive_a_pool_leave_no_connection_open(
    redis_url: str, made: list[AbstractConnection]
) -> None:
    for steps in range(MOMENTS):
        redis = connect(redis_url)
        commands = [asyncio.ensure_future(redis.get("k")) for _ in range(COMMANDS)]
        for _ in range(steps):
            await asyncio.sleep(0)
        await redis.aclose()
        outcomes = await asyncio.gather(*commands, return_exceptions=True)
        assert all(outcome is None or isinstance(outcome, RedisError) for outcome in outcomes)
    assert made
    assert not [connection for connection in made if connection.is_connected]
