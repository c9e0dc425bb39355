"""Read your own writes: a read waits for a position, and no longer than it may."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from time import monotonic

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.errors import ProjectionBehind
from api.reading import known_positions as known
from api.reading.freshness import Freshness
from events.nudge import channel, connect
from events.product import ProductRenamed
from projections.cached import PROJECTED
from queries.audit.proofs import newest_checkpoint
from tests.freshness import (
    AWAY,
    LONG,
    Reading,
    announced,
    listening,
    nobody,
    running,
    taught,
    until,
    waiting,
)
from tests.given import LAMP, Log, projected, registered
from tests.histories import answered
from tests.signing import signed
from tests.statements import statements

SUN = ProductRenamed(name="Sun")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL is asked for nothing but the reads."""
    monkeypatch.setattr(known, "POLL_SECONDS", LONG)


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was heard once is believed throughout the test, however slow the machine."""
    monkeypatch.setattr(known, "BELIEVED_SECONDS", LONG)


async def test_what_is_there_is_read_at_once(engine: AsyncEngine, redis: Redis) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    freshness = Freshness(engine, redis, nobody, waiting_limit=1, reading_limit=1)
    answer = await freshness.reflecting("main", 1, 0, Reading(engine))
    assert answer.value
    assert answer.position == 1


@pytest.mark.parametrize("url", [AWAY, None])
async def test_a_read_waits_until_its_position_is_projected(
    engine: AsyncEngine, redis_url: str, url: str | None
) -> None:
    """Nobody announces anything: PostgreSQL is asked, with Redis away as well."""
    head = await Log(engine).given(LAMP, registered)
    async with connect(url or redis_url) as redis, running(engine, redis) as freshness:
        read = asyncio.create_task(freshness.reflecting("main", head, LONG, Reading(engine)))
        await waiting(freshness, 1)
        await projected(engine)
        assert (await read).position == head


@pytest.mark.usefixtures("unasked")
async def test_a_hint_is_enough(engine: AsyncEngine, redis: Redis) -> None:
    head = await Log(engine).given(LAMP, registered)
    async with running(engine, redis) as freshness:
        await listening(redis)
        read = asyncio.create_task(freshness.reflecting("main", head, LONG, Reading(engine)))
        await waiting(freshness, 1)
        await projected(engine)
        with statements(engine) as asked:
            await announced(redis, head)
            assert (await read).position == head
    assert asked == []


@pytest.mark.usefixtures("unasked")
async def test_what_one_read_finds_the_others_know(engine: AsyncEngine, redis: Redis) -> None:
    await Log(engine).given(LAMP, registered)
    async with running(engine, redis) as freshness:
        read = asyncio.create_task(freshness.reflecting("main", 1, LONG, Reading(engine)))
        await waiting(freshness, 1)
        await projected(engine)
        await freshness.reflecting("main", 0, 0, Reading(engine))
        assert (await read).position == 1


async def test_a_hint_need_not_be_true(engine: AsyncEngine, redis: Redis) -> None:
    head = await Log(engine).given(LAMP, registered, SUN)
    reading = Reading(engine)
    async with running(engine, redis) as freshness:
        await listening(redis)
        read = asyncio.create_task(freshness.reflecting("main", head, LONG, reading))
        await waiting(freshness, 1)
        await announced(redis, head)
        await until(lambda: reading.made == 2)
        assert not read.done()
        await projected(engine)
        assert (await read).position == head


async def test_what_is_no_position_harms_nobody(engine: AsyncEngine, redis: Redis) -> None:
    head = await Log(engine).given(LAMP, registered)
    async with running(engine, redis) as freshness:
        await listening(redis)
        for message in ("", "main 1", "main soon *", "main 1 lamp", b"\xff 1"):
            await redis.publish(channel(redis, PROJECTED), message)
        read = asyncio.create_task(freshness.reflecting("main", head, LONG, Reading(engine)))
        await waiting(freshness, 1)
        await projected(engine)
        await announced(redis, head)
        assert (await read).position == head


async def test_what_was_known_is_forgotten_when_reads_fall_back(
    engine: AsyncEngine, redis: Redis
) -> None:
    """As after the database was restored to an earlier point."""
    log = Log(engine)
    await log.given(LAMP, registered)
    await projected(engine)
    async with running(engine, redis) as freshness:
        await taught(freshness, 9)
        with pytest.raises(ProjectionBehind) as refused:
            await freshness.reflecting("main", 2, 0, Reading(engine))
        assert refused.value.members["position"] == 1
        head = await log.given(LAMP, SUN)
        read = asyncio.create_task(freshness.reflecting("main", head, LONG, Reading(engine)))
        await waiting(freshness, 1)
        await projected(engine)
        assert (await read).position == head


@pytest.mark.usefixtures("trusting")
async def test_what_would_come_too_early_is_not_read(engine: AsyncEngine, redis: Redis) -> None:
    reading = Reading(engine)
    freshness = Freshness(engine, redis, nobody, waiting_limit=1, reading_limit=1)
    await taught(freshness, 1)
    with pytest.raises(ProjectionBehind):
        await freshness.reflecting("main", 2, 0.01, reading)
    assert reading.made == 0


async def test_who_knows_nothing_of_late_reads(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "BELIEVED_SECONDS", 0)
    head = await Log(engine).given(LAMP, registered, SUN)
    await projected(engine)
    freshness = Freshness(engine, redis, nobody, waiting_limit=1, reading_limit=1)
    await taught(freshness, 1)
    assert (await freshness.reflecting("main", head, 0, Reading(engine))).position == head


@pytest.mark.usefixtures("trusting")
async def test_the_log_does_not_wait_for_the_read_tables(engine: AsyncEngine, redis: Redis) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    history = partial(answered, engine)
    freshness = Freshness(engine, redis, nobody, waiting_limit=1, reading_limit=1)
    await freshness.reflecting("main", 1, 0, history, source="appended")
    await taught(freshness, 0)
    head = await log.given(LAMP, SUN)
    answer = await freshness.reflecting("main", head, 0, history, source="appended")
    assert answer.position == head


async def test_a_signed_checkpoint_is_waited_for(engine: AsyncEngine, redis: Redis) -> None:
    head = await Log(engine).given(LAMP, registered)
    newest = partial(newest_checkpoint, engine, "main")
    async with running(engine, redis) as freshness:
        read = asyncio.create_task(
            freshness.reflecting("main", head, LONG, newest, source="signed")
        )
        await waiting(freshness, 1)
        await signed(engine)
        answer = await read
    assert answer.value
    assert answer.value.size == head


async def test_after_the_wait_it_says_how_far_reads_are(engine: AsyncEngine, redis: Redis) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    await projected(engine)
    await log.given(LAMP, SUN, SUN)
    async with running(engine, redis) as freshness:
        began = monotonic()
        with pytest.raises(ProjectionBehind) as refused:
            await freshness.reflecting("main", 3, 2.0, Reading(engine))
    assert monotonic() - began >= 2.0
    assert refused.value.members == {"position": 1, "minimum": 3, "lag_events": 2}


async def test_without_a_figure_of_the_log_it_says_none(engine: AsyncEngine, redis: Redis) -> None:
    freshness = Freshness(engine, redis, nobody, waiting_limit=1, reading_limit=1)
    with pytest.raises(ProjectionBehind) as refused:
        await freshness.reflecting("main", 1, 0, Reading(engine))
    assert refused.value.members == {"position": 0, "minimum": 1}
