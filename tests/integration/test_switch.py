"""Another generation comes to be read: who has to wait for it, and who is late."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from time import perf_counter

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from events.nudge import connect
from events.product import ProductRenamed
from projections import switching
from projections.cached import state_key
from projections.errors import SwitchTimedOut
from projections.generations import FIRST, show
from projections.leases import Lease, LeaseLost, acquire
from projections.meeting import Built, follow
from projections.projector import project
from projections.publish import Publisher
from tests import holding
from tests.eventually import eventually
from tests.given import (
    LAMP,
    LEASE,
    SWITCHED,
    Log,
    checkpoint,
    held,
    opened,
    projected,
    registered,
    rows,
)
from tests.projectors import running
from tests.reading import cached, read, read_stored
from tests.rebuilding import all_rows, executed, exists, live, rebuilt, states
from tests.redis_process import RedisProcess, redis_process

SUN = ProductRenamed(name="Sun")
READING = "select * from read.product_search"
TAMPERED = """
update only read_1.product_details set document = replace(document::text, 'Lamp', 'Lump')::json
"""


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


async def test_it_waits_for_who_reads_and_keeps_nobody_else_waiting(engine: AsyncEngine) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    async with holding.held(engine, READING):
        rebuilding = asyncio.create_task(rebuilt(engine))
        await eventually(lambda: waits_for_views(engine))
        for _ in range(20):
            began = perf_counter()
            assert (await read_stored(engine)).value
            assert perf_counter() - began < 5
            assert await live(engine) == FIRST
        assert not rebuilding.done()
    assert (await rebuilding).generation == await live(engine) == 2


async def waits_for_views(engine: AsyncEngine) -> bool:
    async with driver(engine) as connection:
        return bool(
            await connection.fetchval(
                "select exists (select from pg_locks l join pg_class c on c.oid = l.relation"
                " join pg_database d on d.oid = l.database and d.datname = current_database()"
                " where c.relkind = 'v' and l.mode = 'AccessExclusiveLock')"
            )
        )


async def test_it_gives_up_on_who_never_lets_go(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(switching, "PATIENCE_SECONDS", 1.0)
    log = Log(engine)
    await log.given(LAMP, registered)
    await projected(engine)
    async with holding.held(engine, READING):
        with pytest.raises(SwitchTimedOut):
            await rebuilt(engine)
    assert await states(engine) == {1: "live", 2: "dropped"}
    assert not await exists(engine, 2)
    await log.given(LAMP, SUN)
    assert len(await projected(engine)) == 1
    assert (await rebuilt(engine)).generation == 3


async def test_who_applied_the_log_before_changes_nothing_after_it(engine: AsyncEngine) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    await projected(engine)
    async with driver(engine) as late:
        lease = await held(late)
        await rebuilt(engine)
        await log.given(LAMP, SUN)
        before = await all_rows(engine, FIRST)
        with pytest.raises(LeaseLost):
            await project(late, lease, lease.checkpoint, 10)
        assert await acquire(late, "main", FIRST, "tests", LEASE) is None
        assert await all_rows(engine, FIRST) == before
        following = await acquire(late, "main", 2, "tests", LEASE)
        assert following
        await project(late, following, following.checkpoint, 10)
    assert (await rows(engine, generation=2)) != before["main"]


@pytest.mark.parametrize("catalog", ["main", "outlet", "new"])
async def test_who_comes_while_it_is_made_waits_and_is_refused(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, catalog: str
) -> None:
    """Of catalogs that are read, of those that nobody has applied yet, and of new ones."""
    coming: list[asyncio.Task[Lease | None]] = []

    async def shown(connection: Connection, generation: int) -> None:
        await opened(engine, "new")
        coming.append(asyncio.create_task(come()))
        await eventually(lambda: waits(engine, "relation"))
        await show(connection, generation)

    async def come() -> Lease | None:
        async with driver(engine) as late:
            return await acquire(late, catalog, FIRST, "late", LEASE)

    monkeypatch.setattr(switching, "show", shown)
    await opened(engine, "outlet")
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    await rebuilt(engine)
    (late,) = coming
    assert await late is None
    assert await checkpoint(engine, catalog, FIRST) == (catalog == "main")


async def test_what_is_read_just_before_it_is_read_after_it(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Further events of one catalog, and the first ones of another."""

    async def followed(own: AsyncEngine, built: Built) -> None:
        await follow(own, built)
        await Log(engine).given(LAMP, SUN)
        await (await opened(engine, "outlet")).given(LAMP, registered)
        for catalog in ("main", "outlet"):
            await projected(engine, catalog)

    await Log(engine).given(LAMP, registered)
    await projected(engine)
    monkeypatch.setattr(switching, "follow", followed)
    await rebuilt(engine)
    assert [await checkpoint(engine, each, 2) for each in ("main", "outlet")] == [2, 1]
    assert await all_rows(engine, 2) == await all_rows(engine, FIRST)


async def waits(engine: AsyncEngine, kind: str) -> bool:
    async with driver(engine) as connection:
        return bool(
            await connection.fetchval(
                "select exists (select from pg_locks l join pg_stat_activity a using (pid)"
                " where not l.granted and l.locktype = $1 and a.datname = current_database())",
                kind,
            )
        )


async def test_workers_go_on_with_the_new_generation(engine: AsyncEngine, redis: Redis) -> None:
    log = Log(engine)
    async with running(engine, redis, lease_seconds=300):
        await log.given(LAMP, registered)
        await rebuilt(engine, redis)
        left = await checkpoint(engine)
        head = await log.given(LAMP, SUN)

        async def is_applied() -> bool:
            return await checkpoint(engine, generation=2) == head

        await eventually(is_applied)
    assert await checkpoint(engine) == left


async def served(engine: AsyncEngine, redis: Redis) -> str:
    found = await read(engine, redis)
    assert found.value
    name: str = msgspec.json.decode(found.value.body)["name"]
    return name


async def test_what_was_cached_before_is_not_believed_after_it(
    engine: AsyncEngine, redis: Redis
) -> None:
    await Log(engine).given(LAMP, registered)
    (batch,) = await projected(engine)
    late = Publisher(redis, ttl_seconds=60)
    await late.announce("main", SWITCHED, 0, 0)
    await late.publish("main", SWITCHED, batch)
    await executed(engine, TAMPERED)
    await redis.delete(*await redis.keys("*:product:*"))
    assert await served(engine, redis) == "Lump"
    assert await cached(redis)

    await rebuilt(engine, redis, accept_differences=True)
    assert await cached(redis) is None
    assert await served(engine, redis) == "Lamp"
    state = await redis.get(state_key("main"))
    await late.publish("main", SWITCHED, batch)
    await late.announce("main", SWITCHED, 1, 7)
    assert await redis.get(state_key("main")) == state
    assert await served(engine, redis) == "Lamp"


@pytest.fixture
def own_redis() -> Iterator[RedisProcess]:
    with redis_process() as process:
        yield process


async def test_a_redis_that_was_away_hears_of_it_from_the_worker(
    engine: AsyncEngine, own_redis: RedisProcess
) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    await executed(engine, TAMPERED)
    async with connect(own_redis.url) as redis, running(engine, redis, lease_seconds=5):

        async def is_cached() -> bool:
            await served(engine, redis)
            return await cached(redis) is not None

        await eventually(is_cached)
        await redis.save()
        own_redis.stop()
        await rebuilt(engine, redis, accept_differences=True)
        assert await served(engine, redis) == "Lamp"
        own_redis.start()

        async def is_right() -> bool:
            return await served(engine, redis) == "Lamp" and await cached(redis) is not None

        await eventually(is_right)
