"""A log that is followed: read once for all, and by those who are behind in pages of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.errors import TooManyStreams
from api.streaming import subscription, tails
from api.streaming.streams import EventStreams
from api.streaming.subscription import Subscription
from events import product as facts
from events.nudge import APPENDED, channel, nudge
from events.selection import EVERYTHING, Selection
from queries.audit.events import LogReader, Stretch
from tests.event_source import blocks
from tests.eventually import eventually
from tests.given import LAMP, Log, opened, registered

SECONDS = 10.0


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as redis:
        yield redis


@pytest.fixture
async def streams(engine: AsyncEngine, redis: Redis) -> AsyncIterator[EventStreams]:
    streams = EventStreams(engine, redis, limit=10)
    yield streams
    await streams.close()


@pytest.fixture
def stretches(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """What is read of each log: the catalog, behind where, and up to where."""
    read: list[tuple[str, int, int]] = []
    reading = LogReader.stretch

    async def counted(
        self: LogReader, catalog: str, wanted: Selection, *, after: int, limit: int
    ) -> Stretch:
        stretch = await reading(self, catalog, wanted, after=after, limit=limit)
        if stretch.upto > after:
            read.append((catalog, after, stretch.upto))
        return stretch

    monkeypatch.setattr(LogReader, "stretch", counted)
    return read


def renamed(number: int, size: int = 0) -> facts.ProductRenamed:
    return facts.ProductRenamed(name=f"{number}".ljust(size, "x"))


async def comes(subscribed: Subscription, last: int) -> list[int]:
    """The positions that are given out until that one is."""
    positions: list[int] = []
    async with asyncio.timeout(SECONDS):
        while last not in positions:
            given = await subscribed.next(SECONDS)
            positions += [block.id for block in blocks(given.body)]
    return positions


async def test_each_event_is_read_once_for_all(
    engine: AsyncEngine, streams: EventStreams, stretches: list[tuple[str, int, int]]
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    with ExitStack() as stack:
        subscribed = [
            stack.enter_context(streams.opened("main", EVERYTHING, after=0)) for _ in range(5)
        ]
        assert await asyncio.gather(*(comes(each, 1) for each in subscribed)) == [[1]] * 5
        for number in range(3):
            last = await log.given(LAMP, renamed(number))
            assert await asyncio.gather(*(comes(each, last) for each in subscribed)) == [[last]] * 5
    assert stretches == [("main", number, number + 1) for number in range(4)]


async def test_who_is_behind_catches_up_and_then_follows_with_the_others(
    engine: AsyncEngine,
    streams: EventStreams,
    monkeypatch: pytest.MonkeyPatch,
    stretches: list[tuple[str, int, int]],
) -> None:
    monkeypatch.setattr(tails, "RING_BYTES", 20_000)
    monkeypatch.setattr(subscription, "READ_AT_ONCE", 3)
    log = Log(engine)
    last = await log.given(LAMP, registered, *(renamed(number) for number in range(30)))
    with (
        streams.opened("main", EVERYTHING, after=last) as quick,
        streams.opened("main", EVERYTHING, after=0) as slow,
        streams.opened("main", Selection(types=("ProductRegistered",)), after=0) as picky,
    ):
        for number in range(20):
            last = await log.given(LAMP, renamed(number, size=400))
            assert await comes(quick, last) == [last]
        read = len(stretches)
        assert await comes(slow, last) == list(range(1, last + 1))
        assert len(stretches) > read
        assert await comes(picky, 1) == [1]
        while picky.position < last:
            assert (await picky.next(SECONDS)).events == 0

        read = len(stretches)
        last = await log.given(LAMP, renamed(99))
        for each in (quick, slow):
            assert await comes(each, last) == [last]
        assert stretches[read:] == [("main", last - 1, last)]


async def test_no_more_is_given_at_once_than_is_sent_at_once(
    engine: AsyncEngine, streams: EventStreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscription, "SENT_AT_ONCE", 3_000)
    last = await Log(engine).given(LAMP, registered, *(renamed(n, size=400) for n in range(9)))
    with streams.opened("main", EVERYTHING, after=0) as subscribed:
        positions: list[int] = []
        while last not in positions:
            given = await subscribed.next(SECONDS)
            assert len(given.body) < 6_000
            positions += [block.id for block in blocks(given.body)]
    assert positions == list(range(1, last + 1))


async def test_a_hint_is_heeded_at_once(
    engine: AsyncEngine, streams: EventStreams, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one, and were there no looks either, nothing would be heard of it."""
    monkeypatch.setattr(tails, "POLL_SECONDS", 3_600)
    log, other = Log(engine), await opened(engine, "other")
    await log.given(LAMP, registered)
    with (
        streams.opened("main", EVERYTHING, after=0) as subscribed,
        streams.opened("other", EVERYTHING, after=0) as others,
    ):
        assert await comes(subscribed, 1) == [1]
        await eventually(lambda: has_listeners(redis, 1))
        await log.given(LAMP, renamed(1))
        await other.given(LAMP, registered)
        assert (await subscribed.next(0.1)).events == 0

        await nudge(redis, "main")
        assert await comes(subscribed, 2) == [2]
        assert (await others.next(0.1)).events == 0
        await nudge(redis, "other")
        assert await comes(others, 1) == [1]


async def test_a_log_is_followed_as_long_as_somebody_wants_it(
    engine: AsyncEngine, streams: EventStreams, redis: Redis
) -> None:
    async def is_left() -> bool:
        return await has_listeners(redis, 0) and not any(map(_follows, asyncio.all_tasks()))

    await Log(engine).given(LAMP, registered)
    with streams.opened("main", EVERYTHING, after=0), streams.opened("main", EVERYTHING, after=0):
        await eventually(lambda: has_listeners(redis, 1))
    await eventually(is_left)
    with streams.opened("main", EVERYTHING, after=0) as again:
        assert await comes(again, 1) == [1]


async def has_listeners(redis: Redis, count: int) -> bool:
    ((_, listeners),) = await redis.pubsub_numsub(channel(redis, APPENDED))
    return bool(listeners == count)


def _follows(task: asyncio.Task[object]) -> bool:
    return "kept_running" in repr(task.get_coro())


async def test_none_is_admitted_once_all_have_to_end(streams: EventStreams) -> None:
    streams.admit()
    streams.end()
    with pytest.raises(TooManyStreams):
        streams.admit()
