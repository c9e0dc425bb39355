"""A log that is followed: read once for all, and by those who are behind in pages of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.errors import TooManyStreams
from api.logs import REQUEST_ID
from api.streaming import catching_up, subscription, tail, tails
from api.streaming.standstill import Standstill
from api.streaming.streams import SHARE_OF_THE_POOL, EventStreams
from api.streaming.subscription import Subscription
from events import product as facts
from events.database import driver, pool_state
from events.nudge import APPENDED, channel, nudge
from events.selection import EVERYTHING, Selection
from queries.audit.events import LogReader, Stretch
from tests.event_source import blocks
from tests.eventually import eventually
from tests.given import DESK, LAMP, Log, opened, registered
from tests.signing import rewritten

SECONDS = 10.0

desk = facts.ProductRegistered(sku="DESK-1", name="Desk", attributes={})


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
        self: LogReader, catalog: str, wanted: Selection, *, after: int, **limits: int
    ) -> Stretch:
        stretch = await reading(self, catalog, wanted, after=after, **limits)
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
            stack.enter_context(streams.opened("anna", "main", EVERYTHING, after=0))
            for _ in range(5)
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
        streams.opened("anna", "main", EVERYTHING, after=last) as quick,
        streams.opened("anna", "main", EVERYTHING, after=0) as slow,
        streams.opened("anna", "main", Selection(types=("ProductRegistered",)), after=0) as picky,
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
    with streams.opened("anna", "main", EVERYTHING, after=0) as subscribed:
        positions: list[int] = []
        while last not in positions:
            given = await subscribed.next(SECONDS)
            assert len(given.body) < 6_000
            positions += [block.id for block in blocks(given.body)]
    assert positions == list(range(1, last + 1))


@pytest.fixture
def read_to_the_end(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The catalogs of which nothing more was there to read, some time."""
    found: set[str] = set()
    reading = LogReader.stretch

    async def noted(
        self: LogReader, catalog: str, wanted: Selection, *, after: int, **limits: int
    ) -> Stretch:
        stretch = await reading(self, catalog, wanted, after=after, **limits)
        if stretch.upto == after:
            found.add(catalog)
        return stretch

    monkeypatch.setattr(LogReader, "stretch", noted)
    return found


async def test_a_hint_is_heeded_at_once(
    engine: AsyncEngine,
    streams: EventStreams,
    redis: Redis,
    read_to_the_end: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without one, and were there no looks either, nothing would be heard of it."""

    async def all_wait() -> bool:
        return read_to_the_end == {"main", "other"}

    monkeypatch.setattr(tails, "POLL_SECONDS", 3_600)
    log, other = Log(engine), await opened(engine, "other")
    await log.given(LAMP, registered)
    await other.given(LAMP, registered)
    with (
        streams.opened("anna", "main", EVERYTHING, after=0) as subscribed,
        streams.opened("anna", "other", EVERYTHING, after=0) as others,
    ):
        assert await comes(subscribed, 1) == [1]
        assert await comes(others, 1) == [1]
        await eventually(lambda: has_listeners(redis, 1))
        await eventually(all_wait)
        await log.given(LAMP, renamed(1))
        await other.given(LAMP, renamed(1))
        assert (await subscribed.next(0.1)).events == 0

        await nudge(redis, "main")
        assert await comes(subscribed, 2) == [2]
        assert (await others.next(0.1)).events == 0
        await nudge(redis, "other")
        assert await comes(others, 2) == [2]


async def test_a_log_is_followed_as_long_as_somebody_wants_it(
    engine: AsyncEngine, streams: EventStreams, redis: Redis
) -> None:
    async def is_left() -> bool:
        return await has_listeners(redis, 0) and not any(map(_follows, asyncio.all_tasks()))

    await Log(engine).given(LAMP, registered)
    with (
        streams.opened("anna", "main", EVERYTHING, after=0),
        streams.opened("anna", "main", EVERYTHING, after=0),
    ):
        await eventually(lambda: has_listeners(redis, 1))
    await eventually(is_left)
    with streams.opened("anna", "main", EVERYTHING, after=0) as again:
        assert await comes(again, 1) == [1]


async def has_listeners(redis: Redis, count: int) -> bool:
    ((_, listeners),) = await redis.pubsub_numsub(channel(redis, APPENDED))
    return bool(listeners == count)


def _follows(task: asyncio.Task[object]) -> bool:
    return "kept_running" in repr(task.get_coro())


async def test_none_is_admitted_once_all_have_to_end(streams: EventStreams) -> None:
    streams.admit("anna")
    streams.end()
    with pytest.raises(TooManyStreams):
        streams.admit("anna")


async def test_nobody_has_more_than_half_of_the_places(streams: EventStreams) -> None:
    with ExitStack() as stack:
        for _ in range(5):
            streams.admit("anna")
            stack.enter_context(streams.opened("anna", "main", EVERYTHING, after=0))
        with pytest.raises(TooManyStreams):
            streams.admit("anna")
        streams.admit("carl")
    streams.admit("anna")


async def test_a_crowd_that_is_behind_is_read_for_once(
    engine: AsyncEngine,
    streams: EventStreams,
    monkeypatch: pytest.MonkeyPatch,
    stretches: list[tuple[str, int, int]],
) -> None:
    monkeypatch.setattr(tail, "HEAD_START", 0)
    monkeypatch.setattr(subscription, "READ_AT_ONCE", 10)
    last = await Log(engine).given(LAMP, registered, *(renamed(number) for number in range(99)))
    with ExitStack() as stack:
        crowd = [
            stack.enter_context(streams.opened("anna", "main", EVERYTHING, after=0))
            for _ in range(20)
        ]
        came = await asyncio.gather(*(comes(each, last) for each in crowd))
    assert came == [list(range(1, last + 1))] * 20
    assert len(stretches) < 2 * last / 10


async def test_large_events_are_read_in_small_stretches_and_each_once(
    engine: AsyncEngine,
    streams: EventStreams,
    monkeypatch: pytest.MonkeyPatch,
    stretches: list[tuple[str, int, int]],
) -> None:
    monkeypatch.setattr(tail, "HEAD_START", 0)
    monkeypatch.setattr(catching_up, "DATA_BYTES", 2_000)
    last = await Log(engine).given(LAMP, registered, *(renamed(n, size=900) for n in range(30)))
    with streams.opened("anna", "main", EVERYTHING, after=0) as subscribed:
        assert await comes(subscribed, last) == list(range(1, last + 1))
    assert [after for _, after, _ in stretches[1:]] == [upto for _, _, upto in stretches[:-1]]
    assert len(stretches) == 10


async def test_positions_that_are_no_more_end_who_follows(
    engine: AsyncEngine, streams: EventStreams
) -> None:
    log = Log(engine)
    last = await log.given(LAMP, registered, *(renamed(number) for number in range(9)))
    with streams.opened("anna", "main", EVERYTHING, after=0) as subscribed:
        await comes(subscribed, last)
        assert subscribed.ended is None
        await lost(engine, behind=5)

        async def has_ended() -> bool:
            return subscribed.ended == "positions_lost"

        await eventually(has_ended)
        assert (await subscribed.next(0.1)).body == b""
        with streams.opened("anna", "main", EVERYTHING, after=4) as again:
            assert await comes(again, 5) == [5]
            assert await log.given(DESK, desk) == 6
            assert await comes(again, 6) == [6]
            assert again.ended is None


async def lost(engine: AsyncEngine, *, behind: int) -> None:
    """As a restore of what was there before, or a failover, loses events."""
    deleting = "delete from event_store.events where position > $1"
    await rewritten(engine, "events", deleting, behind)
    await rewritten(engine, "catalogs", "update event_store.catalogs set head = $1", behind)


async def test_a_standstill_that_is_no_outage_is_told_once_and_ends(
    engine: AsyncEngine,
    streams: EventStreams,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times, found = 0, Standstill.found

    def counted(self: Standstill, error: BaseException, catalog: str) -> None:
        nonlocal times
        times += 1
        found(self, error, catalog)

    async def was_tried_again() -> bool:
        return times >= 3

    monkeypatch.setattr(Standstill, "found", counted)
    log = Log(engine)
    await log.given(LAMP, registered)
    with streams.opened("anna", "main", EVERYTHING, after=0) as subscribed:
        await comes(subscribed, 1)
        await renames_a_table(engine, "discarded", "gone")
        await log.given(LAMP, renamed(1))
        await eventually(was_tried_again)
        assert (await subscribed.next(0)).body == b""
        await renames_a_table(engine, "gone", "discarded")
        assert await comes(subscribed, 2) == [2]
    told = [line for line in capsys.readouterr().out.splitlines() if "log_stands_still" in line]
    assert sum("error" in line.split("log_stands_still")[0] for line in told) == 1


async def renames_a_table(engine: AsyncEngine, name: str, to: str) -> None:
    async with driver(engine) as connection:
        await connection.execute(f"alter table projections.{name} rename to {to}")


async def test_a_tail_belongs_to_nobodys_request(streams: EventStreams) -> None:
    told = REQUEST_ID.set("that-of-anna")
    with streams.opened("anna", "main", EVERYTHING, after=0):
        following = [task for task in asyncio.all_tasks() if _follows(task)]
        assert len(following) == 2
        assert not any(REQUEST_ID in task.get_context() for task in following)
    REQUEST_ID.reset(told)


async def test_tails_leave_connections_to_others(
    engine: AsyncEngine, streams: EventStreams, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way = most = 0
    reading = LogReader.stretch

    async def counted(
        self: LogReader, catalog: str, wanted: Selection, *, after: int, **limits: int
    ) -> Stretch:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await reading(self, catalog, wanted, after=after, **limits)
        finally:
            under_way -= 1

    monkeypatch.setattr(LogReader, "stretch", counted)
    catalogs = [f"catalog-{number}" for number in range(8)]
    for catalog in catalogs:
        await (await opened(engine, catalog)).given(LAMP, registered)
    with ExitStack() as stack:
        following = [
            stack.enter_context(streams.opened("anna", each, EVERYTHING, after=0))
            for each in catalogs
        ]
        assert await asyncio.gather(*(comes(each, 1) for each in following)) == [[1]] * 8
    assert most == max(1, pool_state(engine).limit // SHARE_OF_THE_POOL)
