"""Read your own writes: a read waits for a position, and no longer than it may."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api import freshness as waits
from api.errors import ProjectionBehind
from api.freshness import Freshness
from events.database import Connection
from events.nudge import channel, connect
from events.product import ProductRenamed
from projections.projector import Progress, read_progress
from projections.publish import PROJECTED, Publisher
from queries.answer import Answer
from tests.eventually import eventually
from tests.given import LAMP, SWITCHED, Log, checkpoint, projected, registered

AWAY = "redis://127.0.0.1:1"
LONG = 10.0


@asynccontextmanager
async def running(engine: AsyncEngine, redis: Redis) -> AsyncIterator[Freshness]:
    freshness = Freshness(engine, redis)
    task = asyncio.create_task(freshness.run())
    try:
        yield freshness
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


def reading(engine: AsyncEngine) -> Callable[[], Awaitable[Answer[str]]]:
    async def read() -> Answer[str]:
        return Answer("read", await checkpoint(engine))

    return read


async def test_what_is_there_is_read_at_once(engine: AsyncEngine, redis: Redis) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    freshness = Freshness(engine, redis)
    assert await freshness.reflecting("main", 1, 0, reading(engine)) == Answer("read", 1)


@pytest.mark.parametrize("url", [AWAY, None])
async def test_a_read_waits_until_its_position_is_projected(
    engine: AsyncEngine, redis_url: str, url: str | None
) -> None:
    head = await Log(engine).given(LAMP, registered)
    async with connect(url or redis_url) as redis, running(engine, redis) as freshness:
        waiting = asyncio.create_task(freshness.reflecting("main", head, LONG, reading(engine)))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        await projected(engine)
        async with asyncio.timeout(2):
            assert (await waiting).position == head


async def nothing_known(_connection: Connection) -> list[Progress]:
    return []


async def test_a_hint_is_enough_and_need_not_be_true(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL is not asked in time: only Redis tells, once too early."""
    monkeypatch.setattr(waits, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(waits, "read_progress", nothing_known)
    head = await Log(engine).given(LAMP, registered, ProductRenamed(name="Sun"))
    publisher = Publisher(redis, ttl_seconds=60)
    async with running(engine, redis) as freshness:
        await eventually(lambda: is_listening(redis))
        waiting = asyncio.create_task(freshness.reflecting("main", head, LONG, reading(engine)))
        await publisher.announce("main", SWITCHED, 1, head)
        await asyncio.sleep(0.1)
        assert not waiting.done()
        await projected(engine)
        async with asyncio.timeout(2):
            assert (await waiting).position == head


async def is_listening(redis: Redis) -> bool:
    name = channel(redis, PROJECTED)
    return bool(await redis.pubsub_numsub(name) == [(name.encode(), 1)])


async def test_after_the_wait_it_says_how_far_reads_are(engine: AsyncEngine, redis: Redis) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    await projected(engine)
    head = await log.given(LAMP, ProductRenamed(name="Sun"))
    async with running(engine, redis) as freshness:
        began = monotonic()
        with pytest.raises(ProjectionBehind) as refused:
            await freshness.reflecting("main", head, 0.3, reading(engine))
    assert 0.3 <= monotonic() - began < 1
    assert refused.value.members["position"] == 1
    assert refused.value.members["minimum"] == head


async def test_a_thousand_that_wait_finish_at_once(engine: AsyncEngine, redis: Redis) -> None:
    position = 0

    async def read() -> Answer[None]:
        return Answer(None, position)

    async with running(engine, redis) as freshness:
        waiting = [
            asyncio.create_task(freshness.reflecting("main", 1, LONG, read)) for _ in range(1000)
        ]
        await asyncio.sleep(0)
        await Log(engine).given(LAMP, registered)
        await projected(engine)
        position = 1
        async with asyncio.timeout(3):
            answers = await asyncio.gather(*waiting)
    assert {answer.position for answer in answers} == {1}


async def test_while_nobody_waits_postgres_is_not_asked(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def counted(connection: Connection) -> list[Progress]:
        nonlocal asked
        asked += 1
        return await read_progress(connection)

    monkeypatch.setattr(waits, "read_progress", counted)
    monkeypatch.setattr(waits, "POLL_SECONDS", 0.02)
    async with running(engine, redis) as freshness:
        with pytest.raises(ProjectionBehind):
            await freshness.reflecting("main", 1, 0.1, reading(engine))
        while_waiting = asked
        await asyncio.sleep(0.2)
    assert while_waiting > 1
    assert asked <= while_waiting + 1
