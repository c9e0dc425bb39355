"""One catalog's turns: what is told of them, and when they end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from events.nudge import APPENDED, channel, connect, listen, nudge
from events.product import ProductRenamed
from projections.cached import state_key
from projections.leases import Lease
from projections.projector import Batch, Progress, commit, prepare, read_progress, refold
from projections.publish import Publisher
from tests.eventually import eventually
from tests.given import LAMP, SWITCHED, TELEPORTED, Log, opened, projected, registered
from tests.projectors import caught_up, running
from workers import announcing, following
from workers import projecting as loop
from workers.announcing import Announcing
from workers.following import Following
from workers.projecting import Projecting

SUN = ProductRenamed(name="Sun")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


async def state(redis: Redis) -> tuple[bytes, int]:
    """The token under which documents are believed, and the position."""
    token, position = (await redis.get(state_key("main")) or b"- 0").split()
    return token, int(position)


async def told(redis: Redis, position: int) -> None:
    async def stands_there() -> bool:
        return (await state(redis))[1] == position

    await eventually(stands_there)


async def test_a_reminder_between_a_commit_and_redis_makes_nobody_forget_what_is_cached(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish, looks = Publisher.publish, 0

    async def counted(connection: Connection) -> list[Progress]:
        nonlocal looks
        looks += 1
        return await read_progress(connection)

    async def after_three_looks(
        publisher: Publisher, catalog: str, switched: int, batch: Batch
    ) -> None:
        until = looks + 3

        async def looked() -> bool:
            return looks >= until

        await eventually(looked)
        await publish(publisher, catalog, switched, batch)

    monkeypatch.setattr(announcing, "REMIND_SECONDS", 0.0)
    monkeypatch.setattr(loop, "read_progress", counted)
    async with running(engine, redis):
        await told(redis, await Log(engine).given(LAMP, registered))
        token, _ = await state(redis)
        monkeypatch.setattr(Publisher, "publish", after_three_looks)
        await told(redis, await Log(engine).given(LAMP, SUN))
    assert await state(redis) == (token, 2)


async def test_what_was_written_to_a_generation_is_told_as_of_that_one(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one comes to be read between the commit and Redis."""
    head = await Log(engine).given(LAMP, registered)

    async def overtaken(connection: Connection, lease: Lease, batch: Batch) -> Batch:
        written = await commit(connection, lease, batch)
        turns.known = replace(turns.known, generation=2, switched=SWITCHED + 1)
        return written

    monkeypatch.setattr(following, "commit", overtaken)
    async with driver(engine) as reader, driver(engine) as writer:
        (known,) = await read_progress(reader)
        telling = Announcing(Publisher(redis, ttl_seconds=60))
        turns = Following(known, telling, holder="a", lease_seconds=60, most=10)
        await turns.turn(reader, writer, lambda: False)
    token, position = await state(redis)
    assert (token.split(b".")[0], position) == (b"%d" % SWITCHED, head)


@asynccontextmanager
async def hinted(engine: AsyncEngine, redis: Redis) -> AsyncIterator[Projecting]:
    """A worker that looks for itself once, when it begins, and then waits for hints."""
    async with running(engine, redis, poll_seconds=600) as projecting:
        listening = asyncio.create_task(listen(redis, APPENDED, projecting.wake))
        await eventually(lambda: is_heard(redis))
        yield projecting
        listening.cancel()


async def is_heard(redis: Redis) -> bool:
    name = channel(redis, APPENDED)
    return bool(await redis.pubsub_numsub(name) == [(name.encode(), 1)])


async def test_a_hint_is_enough(engine: AsyncEngine, redis: Redis) -> None:
    async with hinted(engine, redis):
        for event in (registered, SUN):
            head = await Log(engine).given(LAMP, event)
            await nudge(redis, "main")
            await caught_up(engine, head)


async def test_a_hint_at_a_catalog_that_is_new_is_enough(engine: AsyncEngine, redis: Redis) -> None:
    async with hinted(engine, redis):
        head = await (await opened(engine, "outlet")).given(LAMP, registered)
        await nudge(redis, "outlet")
        await caught_up(engine, head, "outlet")


async def test_a_hint_that_comes_while_a_turn_is_had_leads_to_another(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it tells of may be appended after the turn has last looked."""
    log = Log(engine)

    async def late(
        connection: Connection, lease: Lease, after: int, limit: int, ahead: Batch | None = None
    ) -> Batch:
        batch = await prepare(connection, lease, after, limit, ahead)
        if not batch.events and after == 1:
            await log.given(LAMP, SUN)
            projecting.wake("main")
        return batch

    monkeypatch.setattr(following, "prepare", late)
    await log.given(LAMP, registered)
    async with running(engine, redis, poll_seconds=600) as projecting:
        await caught_up(engine, 2)


async def test_parked_streams_that_are_tried_again_do_not_keep_new_events_waiting(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    products, tried = [UUID(int=number) for number in range(10, 20)], list[UUID]()
    tried_before: list[int] = []

    async def slow(connection: Connection, lease: Lease, at: int, parked: UUID) -> Batch:
        tried.append(parked)
        await asyncio.sleep(0.1)
        return await refold(connection, lease, at, parked)

    async def noted(connection: Connection, lease: Lease, batch: Batch) -> Batch:
        if any(event.position == head for event in batch.events):
            tried_before.append(len(tried))
        return await commit(connection, lease, batch)

    monkeypatch.setattr(following, "TURN_SECONDS", 0.05)
    monkeypatch.setattr(following, "refold", slow)
    monkeypatch.setattr(following, "commit", noted)
    log = Log(engine)
    for product in products:
        await log.given_stored(product, TELEPORTED)
    await projected(engine)
    head = await log.given(LAMP, registered)
    async with running(engine, redis):
        await caught_up(engine, head)
        assert tried_before[0] < len(products)

        async def all_were() -> bool:
            return tried == products

        await eventually(all_were)
