"""Thousands of reads wait at once, and PostgreSQL hardly hears of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from time import monotonic

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.errors import ProjectionBehind
from api.reading import freshness as freshnesses
from api.reading import known_positions as known
from api.reading import standing as standings
from api.reading.freshness import Asking, Freshness
from events.nudge import connect
from queries.answer import Answer
from queries.document import Document
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
from tests.statements import statements

CROWD = 5_000
AT_ONCE = 10

type Reads = Sequence[asyncio.Task[Answer[Document | None]]]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


@pytest.fixture(autouse=True)
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was heard once is believed throughout the test, however slow the machine."""
    monkeypatch.setattr(known, "BELIEVED_SECONDS", LONG)


async def crowd(freshness: Freshness, reading: Reading, count: int = CROWD) -> Reads:
    """Those who wait for the first position."""
    reads = [
        asyncio.create_task(freshness.reflecting("main", 1, LONG, reading)) for _ in range(count)
    ]
    await until(lambda: freshness.waiting >= count)
    return reads


@pytest.mark.parametrize("url", [AWAY, None])
async def test_one_asks_for_all_and_all_are_answered(
    engine: AsyncEngine, redis_url: str, url: str | None
) -> None:
    reading = Reading(engine)
    async with (
        connect(url or redis_url) as redis,
        running(engine, redis, reading_limit=AT_ONCE) as freshness,
    ):
        with statements(engine) as asked:
            began = monotonic()
            reads = await crowd(freshness, reading)
            await until(lambda: len(asked) >= 3)
            assert len(asked) <= 1 + (monotonic() - began) / known.POLL_SECONDS
        assert reading.made <= AT_ONCE
        await Log(engine).given(LAMP, registered)
        await projected(engine)
        answers = await asyncio.gather(*reads)
        assert freshness.waiting == 0
    assert {answer.position for answer in answers} == {1}
    assert reading.made <= AT_ONCE + CROWD
    assert reading.most_at_once == AT_ONCE


async def test_one_statement_asks_for_all_catalogs(engine: AsyncEngine, redis: Redis) -> None:
    async def read() -> Answer[None]:
        return Answer(None, 0)

    catalogs = [f"catalog-{number}" for number in range(50)]
    async with running(engine, redis) as freshness:
        with statements(engine) as asked:
            began = monotonic()
            reads = [
                asyncio.create_task(freshness.reflecting(catalog, 1, LONG, read))
                for catalog in catalogs
            ]
            await until(lambda: len(asked) >= 3)
            assert len(asked) <= 1 + (monotonic() - began) / known.POLL_SECONDS
        for each in reads:
            each.cancel()


async def test_while_redis_is_heard_postgres_is_asked_less_often(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(standings, "RECENT_SECONDS", LONG)
    position = 0

    async def read() -> Answer[None]:
        return Answer(None, position)

    async with running(engine, redis) as freshness:
        await listening(redis)
        other = asyncio.create_task(freshness.reflecting("other", 1, LONG, read))
        await waiting(freshness, 1)
        (waits_on,) = await crowd(freshness, Reading(engine), 1)
        await announced(redis, 0)
        position = 1
        await announced(redis, 1, "other")
        await other
        with statements(engine) as asked:
            began = monotonic()
            await until(lambda: len(asked) >= 4)
            assert monotonic() - began >= 3 * known.POLLS_WHILE_HEARD * known.POLL_SECONDS
        waits_on.cancel()


async def test_an_untrue_hint_costs_a_few_reads(engine: AsyncEngine, redis: Redis) -> None:
    reading = Reading(engine)
    async with running(engine, redis, reading_limit=AT_ONCE) as freshness:
        await listening(redis)
        reads = await crowd(freshness, reading)
        before = reading.made
        await announced(redis, 1)
        await until(lambda: reading.made > before)
        with statements(engine) as asked:
            await until(lambda: len(asked) >= 3)
        assert reading.made <= before + AT_ONCE
        await Log(engine).given(LAMP, registered)
        await projected(engine)
        answers = await asyncio.gather(*reads)
    assert {answer.position for answer in answers} == {1}


async def test_who_need_not_wait_passes_those_whose_turn_it_is(
    engine: AsyncEngine, redis: Redis
) -> None:
    over = asyncio.Event()
    freshness = Freshness(engine, redis, nobody, waiting_limit=4, reading_limit=1)
    others = [
        asyncio.create_task(freshness.reflecting("main", 1, LONG, when(over))) for _ in range(2)
    ]
    await asyncio.sleep(0)
    async with asyncio.timeout(LONG):
        assert (await freshness.reflecting("main", 0, LONG, Reading(engine))).position == 0
    over.set()
    assert [(await each).position for each in others] == [1, 1]


async def test_nobody_waits_for_his_turn_longer_than_he_may(
    engine: AsyncEngine, redis: Redis
) -> None:
    """Who has not been told that his position is there; and he has a place while he waits."""
    over = asyncio.Event()
    freshness = Freshness(engine, redis, nobody, waiting_limit=6, reading_limit=1)
    first = asyncio.create_task(freshness.reflecting("main", 1, LONG, when(over)))
    await waiting(freshness, 1)
    others = [asyncio.create_task(freshness.reflecting("main", 1, 4.0, never)) for _ in range(2)]
    await waiting(freshness, 3)
    with pytest.raises(ProjectionBehind):
        await freshness.reflecting("main", 1, LONG, never)
    for each in others:
        with pytest.raises(ProjectionBehind):
            await each
    assert freshness.waiting == 1
    over.set()
    assert (await first).position == 1


async def test_who_is_released_in_time_may_be_late(engine: AsyncEngine, redis: Redis) -> None:
    over = asyncio.Event()
    freshness = Freshness(engine, redis, nobody, waiting_limit=4, reading_limit=1)
    first = asyncio.create_task(freshness.reflecting("main", 1, LONG, when(over)))
    await waiting(freshness, 1)
    began = monotonic()
    late = asyncio.create_task(freshness.reflecting("main", 1, 4.0, when(over)))
    await waiting(freshness, 2)
    await taught(freshness, 1)
    await until(lambda: monotonic() - began > 4.5)
    assert not late.done()
    over.set()
    assert [(await each).position for each in (first, late)] == [1, 1]


async def test_nobody_is_late_for_ever(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(freshnesses, "GRACE_SECONDS", 0.1)
    over = asyncio.Event()
    freshness = Freshness(engine, redis, nobody, waiting_limit=4, reading_limit=1)
    first = asyncio.create_task(freshness.reflecting("main", 1, LONG, when(over)))
    await waiting(freshness, 1)
    late = asyncio.create_task(freshness.reflecting("main", 1, 4.0, never))
    await waiting(freshness, 2)
    await taught(freshness, 1)
    with pytest.raises(ProjectionBehind):
        await late
    over.set()
    assert (await first).position == 1


async def test_who_waits_for_one_catalog_leaves_places_to_others(
    engine: AsyncEngine, redis: Redis
) -> None:
    """Whatever he waits for, as for what nobody will ever write."""
    async with running(engine, redis, waiting_limit=4) as freshness:
        greedy = [
            asyncio.create_task(freshness.reflecting("main", 2**63 - 1, LONG, nothing))
            for _ in range(2)
        ]
        await waiting(freshness, 2)
        with pytest.raises(ProjectionBehind):
            await freshness.reflecting("main", 1, LONG, never)
        others = [
            asyncio.create_task(freshness.reflecting(catalog, 1, LONG, nothing))
            for catalog in ("outlet", "spare")
        ]
        await waiting(freshness, 4)
        with pytest.raises(ProjectionBehind):
            await freshness.reflecting("outlet", 1, LONG, never)
        for each in (*greedy, *others):
            each.cancel()


async def nothing() -> Answer[None]:
    return Answer(None, 0)


async def never() -> Answer[None]:
    raise AssertionError("it was not to be read")


def when(over: asyncio.Event) -> Asking[None]:
    """A slow read of the first position."""

    async def read() -> Answer[None]:
        await over.wait()
        return Answer(None, 1)

    return read


async def test_no_more_wait_than_may(engine: AsyncEngine, redis: Redis) -> None:
    reading = Reading(engine)
    async with running(engine, redis, waiting_limit=6) as freshness:
        reads = await crowd(freshness, reading, 3)
        with pytest.raises(ProjectionBehind) as refused:
            await freshness.reflecting("main", 1, LONG, reading)
        assert refused.value.members["position"] == 0
        assert freshness.waiting == 3
        assert (await freshness.reflecting("main", 0, LONG, reading)).position == 0

        reads[0].cancel()
        await waiting(freshness, 2)
        again = asyncio.create_task(freshness.reflecting("main", 1, LONG, reading))
        await waiting(freshness, 3)
        await Log(engine).given(LAMP, registered)
        await projected(engine)
        assert (await again).position == 1


async def test_who_left_is_not_waited_for(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled, or after their time: of nobody is there anything left to ask for."""
    monkeypatch.setattr(known, "POLL_SECONDS", 0.02)
    async with running(engine, redis) as freshness:
        reads = await crowd(freshness, Reading(engine), 1_000)
        with pytest.raises(ProjectionBehind):
            await freshness.reflecting("main", 1, 0.01, Reading(engine))
        for each in reads:
            each.cancel()
        await waiting(freshness, 0)
        with statements(engine) as asked:
            await asyncio.sleep(0.2)
        assert len(asked) <= 1
