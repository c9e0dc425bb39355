"""Read tables that other code made are not written by this one."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.nudge import connect
from events.product import ProductRenamed
from projections.code import code_digest
from tests.eventually import eventually
from tests.given import LAMP, Log, checkpoint, registered, rows
from tests.projectors import caught_up, measured, running
from workers import following
from workers.projecting import Projecting

ANOTHER = b"another release"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


async def made_by(engine: AsyncEngine, digest: bytes) -> None:
    async with driver(engine) as connection:
        await connection.execute(
            "update projections.generations set code_digest = $1 where state = 'live'", digest
        )


async def told(projecting: Projecting, *, outdated: bool) -> None:
    async def is_told() -> bool:
        return measured("outdated") == outdated and projecting.state == (
            "outdated" if outdated else "ok"
        )

    await eventually(is_told)


async def test_a_worker_of_other_code_writes_nothing_and_says_so(
    engine: AsyncEngine, redis: Redis
) -> None:
    await made_by(engine, ANOTHER)
    head = await Log(engine).given(LAMP, registered)
    async with running(engine, redis) as projecting:
        await told(projecting, outdated=True)
        projecting.wake("main")
        await eventually(lambda: shows_lag(1))
        assert await checkpoint(engine) == 0
        assert not any((await rows(engine)).values())
        await made_by(engine, code_digest())
        await caught_up(engine, head)
        await told(projecting, outdated=False)


async def shows_lag(events: int) -> bool:
    return measured("lag_events", catalog="main") == events


async def test_a_worker_in_the_middle_of_its_work_lets_go(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer release has switched to read tables of its own."""
    monkeypatch.setattr(following, "TURN_SECONDS", 0.05)
    log = Log(engine)
    head = await log.given(LAMP, registered)
    for _ in range(20):
        head = await log.given(LAMP, *(ProductRenamed(name=str(name)) for name in range(200)))
    async with running(engine, redis, lease_seconds=300, most=1) as projecting:
        await eventually(lambda: is_held(engine))
        await made_by(engine, ANOTHER)
        await told(projecting, outdated=True)

        async def let_go() -> bool:
            return not await is_held(engine)

        await eventually(let_go)
        assert 0 < await checkpoint(engine) < head


async def is_held(engine: AsyncEngine) -> bool:
    async with driver(engine) as connection:
        held = await connection.fetchval(
            "select held_until > now() from projections.checkpoints where position > 0"
        )
    return bool(held)
