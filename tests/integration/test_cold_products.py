"""Products that no cache has, asked for by thousands at once: few look-ups, and room for others."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from api.reading.freshness import Freshness
from events.database import driver, pool, pool_state
from events.nudge import connect
from events.product import ProductRegistered
from projections.cached import Announcement
from projections.publish import Publisher
from queries import memory, skus, stored
from queries.database import LOOK_UPS, ReadDatabase
from queries.memory import Found
from queries.product import AT_ONCE, Documents
from queries.stored import Stored
from tests.freshness import AWAY, LONG, listening, until
from tests.given import DESK, LAMP, SWITCHED, Log, projected, registered
from tests.reading import product_cache
from tests.rebuilding import executed

KEYS = 30_000
STOCK = KEYS // 2
BY_SKU_EACH = 10
"""Every how many keys one is asked for by its SKU."""
ROOM = 64_000_000


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


@dataclass(slots=True)
class LookUps:
    """In PostgreSQL: the keys of each, in the order in which they began."""

    keys: list[Sequence[object]] = field(default_factory=list)

    async def find(self, engine: AsyncEngine, keys: Sequence[tuple[str, UUID]]) -> list[Stored]:
        self.keys.append(keys)
        return await FIND(engine, keys)

    async def find_by_sku(
        self, engine: AsyncEngine, keys: Sequence[tuple[str, str]]
    ) -> list[Stored]:
        self.keys.append(keys)
        return await FIND_BY_SKU(engine, keys)


_COPY = f"""
insert into read_1.product_details
select c.* from only read_1.product_details t, generate_series(1, {STOCK}) n,
jsonb_populate_record(t, jsonb_build_object(
    'product_id', lpad(to_hex(n + 1000), 32, '0'), 'sku', 'P-' || n,
    'document', t.document::jsonb || jsonb_build_object('sku', 'P-' || n)
)) c
"""

FIND, FIND_BY_SKU = stored.find, stored.find_by_sku


@pytest.fixture(autouse=True)
def look_ups(monkeypatch: pytest.MonkeyPatch) -> LookUps:
    made = LookUps()
    monkeypatch.setattr(stored, "find", made.find)
    monkeypatch.setattr(stored, "find_by_sku", made.find_by_sku)
    return made


def documents(engine: AsyncEngine, redis: Redis) -> Documents:
    """Of a process that has just begun."""
    return Documents(ReadDatabase(engine), product_cache(redis), memory_bytes=ROOM, stale_seconds=0)


def sku(number: int) -> str:
    return f"P-{number}"


def product(number: int) -> UUID:
    return UUID(int=1000 + number)


def key(number: int) -> UUID | str:
    return product(number) if number % BY_SKU_EACH else sku(number)


async def stocked(engine: AsyncEngine) -> None:
    """The lamp, and as many more as if each of them had been projected, as copies of it."""
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    await executed(engine, _COPY)
    await executed(engine, "analyze read_1.product_details")


async def all_of(documents: Documents, keys: Iterable[UUID | str]) -> Sequence[Found]:
    """All of them at the same time."""
    return await asyncio.gather(*(documents.read("main", each, minimum=0) for each in keys))


@dataclass(slots=True)
class Passing:
    """Somebody else's queries over the same pool, one after the other."""

    engine: AsyncEngine
    look_ups: LookUps
    overtaken: list[int] = field(default_factory=list)
    """By how many look-ups that began while he waited for a connection."""

    async def go_on(self) -> None:
        while True:
            before = len(self.look_ups.keys)
            async with driver(self.engine) as connection:
                self.overtaken.append(len(self.look_ups.keys) - before)
                await connection.execute("select 1")


@asynccontextmanager
async def going_on(doing: Callable[[], Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """Meanwhile, without a failure."""
    task = asyncio.create_task(doing())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@contextmanager
def counted(engine: AsyncEngine) -> Iterator[list[int]]:
    """How many connections were lent each time when another one was."""
    lent: list[int] = []

    def checked_out(*_: object) -> None:
        lent.append(pool_state(engine).in_use)

    event.listen(engine.sync_engine, "checkout", checked_out)
    try:
        yield lent
    finally:
        event.remove(engine.sync_engine, "checkout", checked_out)


@asynccontextmanager
async def hearing(engine: AsyncEngine, redis: Redis, asked: Documents) -> AsyncIterator[list[int]]:
    """The positions that were announced to it."""
    positions: list[int] = []

    def announced(told: Announcement) -> None:
        asked.announced(told)
        positions.append(told.position)

    freshness = Freshness(engine, redis, announced, waiting_limit=1, reading_limit=1)
    async with going_on(freshness.run):
        await listening(redis)
        yield positions


@pytest.mark.parametrize("url", [None, AWAY], ids=["with Redis", "without Redis"])
async def test_thirty_thousand_at_once_are_answered_over_two_connections(
    engine: AsyncEngine,
    redis_url: str,
    look_ups: LookUps,
    url: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("queries.product.ANSWER_SECONDS", 60.0)
    await stocked(engine)
    address = engine.url.render_as_string(hide_password=False)
    async with connect(url or redis_url) as redis, pool(address, application="cold") as narrow:
        if url is None:
            await Publisher(redis, ttl_seconds=60).announce("main", SWITCHED, 1, 1)
        passing = Passing(narrow, look_ups)
        async with going_on(passing.go_on):
            answers = await all_of(documents(narrow, redis), map(key, range(1, KEYS + 1)))

    assert {each.position for each in answers} == {1}
    for number, each in enumerate(answers, start=1):
        assert (each.value is not None) == (number <= STOCK), number
        assert each.value is None or b'"sku": "%b"' % sku(number).encode() in each.value.body
    assert max(len(keys) for keys in look_ups.keys) == AT_ONCE
    assert len(look_ups.keys) <= KEYS / AT_ONCE + 2
    assert len(passing.overtaken) > len(look_ups.keys) / 10
    assert max(passing.overtaken) <= 2 * LOOK_UPS


@pytest.mark.parametrize("limit", [2, 10])
async def test_never_more_connections_are_lent_than_may_be(
    engine: AsyncEngine, redis: Redis, limit: int
) -> None:
    """Whether by id or by SKU; and one is for others, even if there are but two."""
    await stocked(engine)
    address = engine.url.render_as_string(hide_password=False)
    async with pool(address, application="cold", pool_size=limit) as own:
        with counted(own) as lent:
            numbers = range(1, 10 * AT_ONCE)
            asked = documents(own, redis)
            await asyncio.gather(
                all_of(asked, map(product, numbers)), all_of(asked, map(sku, numbers))
            )
    assert max(lent) == min(LOOK_UPS, limit - 1)


@pytest.mark.parametrize("product", [LAMP, DESK, "LAMP-1", "DESK-1"], ids=str)
async def test_a_thousand_who_ask_for_one_at_once_are_two_look_ups_at_most(
    engine: AsyncEngine, redis: Redis, look_ups: LookUps, product: UUID | str
) -> None:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    await Publisher(redis, ttl_seconds=60).announce("main", SWITCHED, 1, 1)
    asked = documents(engine, redis)
    answers = [*await all_of(asked, [product] * 500), *await all_of(asked, [product] * 500)]
    assert len({each.value for each in answers}) == 1
    assert 1 <= len(look_ups.keys) <= 2


@pytest.mark.parametrize("product", [LAMP, "LAMP-1"], ids=str)
async def test_one_that_is_missing_is_looked_up_once_and_seen_as_soon_as_it_is_announced(
    engine: AsyncEngine,
    redis: Redis,
    look_ups: LookUps,
    product: UUID | str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in (memory, skus):
        monkeypatch.setattr(module, "KEPT_SECONDS", LONG)  # it is not what ends the answer
    await Log(engine).given(DESK, ProductRegistered(sku="DESK-1", name="Desk", attributes={}))
    (first,) = await projected(engine)
    publisher = Publisher(redis, ttl_seconds=60)
    await publisher.publish("main", SWITCHED, first)
    asked = documents(engine, redis)
    async with hearing(engine, redis, asked) as heard:
        for _ in range(1_000):
            assert (await asked.read("main", product, minimum=0)).value is None
        assert len(look_ups.keys) == 1

        await Log(engine).given(LAMP, registered)
        (second,) = await projected(engine)
        assert (await asked.read("main", product, minimum=0)).value is None
        await publisher.publish("main", SWITCHED, second)
        await until(lambda: 2 in heard)
        found = await asked.read("main", product, minimum=0)
    assert found.value
    assert (found.value.version, found.position) == (1, 2)
