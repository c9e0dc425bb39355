"""Without PostgreSQL, products are what a worker last vouched for: so old as they say, no older."""

import asyncio
from collections.abc import AsyncIterator, Callable
from time import monotonic
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import pool
from events.errors import DatabaseUnavailable
from events.nudge import connect
from events.product import ProductEvent, ProductRegistered, ProductRenamed
from projections.cached import Announcement, document_key, sku_key
from projections.publish import Publisher
from queries import stored
from queries.database import ANSWER_SECONDS, ReadDatabase
from queries.memory import Found
from queries.product import Documents
from tests.eventually import eventually
from tests.freshness import LONG
from tests.given import DESK, LAMP, SWITCHED, Log, projected, registered
from tests.proxy import Proxy, proxy
from tests.reading import product_cache, vouched_before

STALE_SECONDS = 300.0
ROOM = 1_000_000


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


@pytest.fixture
async def way_to_postgres(database_url: str) -> AsyncIterator[Proxy]:
    async with proxy(database_url) as made:
        yield made


type Beginning = Callable[[], Documents]


@pytest.fixture
async def begun(redis: Redis, way_to_postgres: Proxy) -> AsyncIterator[Beginning]:
    """Another process that has just begun."""

    def begin() -> Documents:
        cache = product_cache(redis)
        return Documents(ReadDatabase(way), cache, memory_bytes=ROOM, stale_seconds=STALE_SECONDS)

    async with pool(way_to_postgres.url, application="stale") as way:
        yield begin


@pytest.fixture
def documents(begun: Beginning) -> Documents:
    return begun()


@pytest.fixture(autouse=True)
async def shelf(engine: AsyncEngine, redis: Redis) -> None:
    """The desk is in PostgreSQL alone, the lamp in Redis as well, at its first version."""
    await given(engine, redis, DESK, ProductRegistered(sku="DESK-1", name="Desk", attributes={}))
    await given(engine, redis, LAMP, registered)
    await redis.delete(document_key("main", DESK))


async def given(engine: AsyncEngine, redis: Redis, product: UUID, event: ProductEvent) -> None:
    await Log(engine).given(product, event)
    publisher = Publisher(redis, ttl_seconds=600)
    for batch in await projected(engine):
        await publisher.publish("main", SWITCHED, batch)


def shown(found: Found) -> tuple[int, int]:
    assert found.value
    return found.value.version, found.position


async def test_how_old_it_is_is_told_as_long_as_it_may_be(
    documents: Documents, redis: Redis, way_to_postgres: Proxy
) -> None:
    await way_to_postgres.stop()
    for seconds in (5, 60, STALE_SECONDS - 30):
        await vouched_before(redis, seconds)
        found = await documents.read("main", LAMP, minimum=0)
        assert shown(found) == (1, 2)
        assert found.stale_seconds is not None
        assert seconds <= found.stale_seconds < seconds + 30
    await vouched_before(redis, STALE_SECONDS + 1)
    with pytest.raises(DatabaseUnavailable):
        await documents.read("main", LAMP, minimum=0)


async def test_what_a_worker_vouches_for_is_not_called_old(
    documents: Documents, redis: Redis, way_to_postgres: Proxy
) -> None:
    await way_to_postgres.stop()
    await vouched_before(redis, -60)
    assert (await documents.read("main", LAMP, minimum=0)).stale_seconds is None


async def test_it_is_not_for_who_asks_for_more(
    documents: Documents, redis: Redis, way_to_postgres: Proxy
) -> None:
    await way_to_postgres.stop()
    await vouched_before(redis, 60)
    assert shown(await documents.read("main", LAMP, minimum=2)) == (1, 2)
    with pytest.raises(DatabaseUnavailable):
        await documents.read("main", LAMP, minimum=3)


@pytest.mark.parametrize("product", [DESK, UUID(int=99)], ids=["not cached", "unknown"])
async def test_nobody_makes_up_what_no_cache_has(
    documents: Documents, redis: Redis, way_to_postgres: Proxy, product: UUID
) -> None:
    await way_to_postgres.stop()
    await vouched_before(redis, 60)
    with pytest.raises(DatabaseUnavailable):
        await documents.read("main", product, minimum=0)


async def test_by_its_sku_as_soon_as_anybody_has_asked_for_it_so(
    begun: Beginning, documents: Documents, redis: Redis, way_to_postgres: Proxy
) -> None:
    """Redis knows whose it is, and the process that has asked knows it without."""
    await documents.read("main", "LAMP-1", minimum=0)
    await way_to_postgres.stop()
    await vouched_before(redis, 60)
    assert shown(await begun().read("main", "LAMP-1", minimum=0)) == (1, 2)

    await redis.delete(sku_key("main", "LAMP-1"))
    documents.announced(Announcement("main", 2, [LAMP]))  # what it remembers of the lamp itself
    found = await documents.read("main", "LAMP-1", minimum=0)
    assert (shown(found), found.stale_seconds is None) == ((1, 2), False)
    with pytest.raises(DatabaseUnavailable):
        await begun().read("main", "LAMP-1", minimum=0)


async def test_while_nobody_tries_whether_it_is_back_all_are_told_at_once(
    documents: Documents,
    redis: Redis,
    way_to_postgres: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(documents._database._circuit, "_rest_seconds", LONG)  # noqa: SLF001 -- so that nobody tries meanwhile
    await way_to_postgres.stop()
    await vouched_before(redis, 60)
    with pytest.raises(DatabaseUnavailable):
        await documents.read("main", DESK, minimum=0)

    with monkeypatch.context() as unasked:
        unasked.setattr(stored, "find", nobody_asks)
        unasked.setattr(stored, "find_by_sku", nobody_asks)
        refused = await asyncio.gather(
            *(documents.read("main", key, minimum=0) for key in (DESK, "DESK-1") for _ in "1234"),
            return_exceptions=True,
        )
        served = await asyncio.gather(
            *(documents.read("main", LAMP, minimum=0) for _ in range(1_000))
        )
    assert {type(each) for each in refused} == {DatabaseUnavailable}
    assert {shown(each) for each in served} == {(1, 2)}


async def nobody_asks(*_: object) -> None:
    raise AssertionError("PostgreSQL was to be left alone")


@pytest.mark.parametrize("key", [LAMP, "LAMP-1"], ids=["by id", "by SKU"])
async def test_once_it_is_back_all_is_fresh_and_nothing_old_is_remembered(
    engine: AsyncEngine,
    documents: Documents,
    redis: Redis,
    way_to_postgres: Proxy,
    key: UUID | str,
) -> None:
    await redis.set(sku_key("main", "LAMP-1"), LAMP.bytes)
    await way_to_postgres.stop()
    await vouched_before(redis, 60)
    found = await documents.read("main", key, minimum=0)
    assert found.stale_seconds is not None
    assert documents.remembered("main", key, 0) is None

    await Log(engine).given(LAMP, ProductRenamed(name="Sun"))
    await projected(engine)  # of which no worker tells: it is away, too
    await way_to_postgres.start()

    async def is_fresh() -> bool:
        found = await documents.read("main", key, minimum=0)
        return shown(found) == (2, 3) and found.stale_seconds is None

    await eventually(is_fresh)
    assert (await documents.read("main", DESK, minimum=3)).value


async def test_a_database_that_hangs_keeps_nobody_waiting_who_has_a_stale_answer(
    documents: Documents, redis: Redis, way_to_postgres: Proxy
) -> None:
    await documents.read("main", LAMP, minimum=0)
    documents.announced(Announcement("main", 2, [LAMP]))
    await vouched_before(redis, 60)
    way_to_postgres.delay_seconds = 60
    began = monotonic()
    for _ in range(3):
        found = await asyncio.gather(*(documents.read("main", LAMP, minimum=0) for _ in range(20)))
        assert {each.stale_seconds is None for each in found} == {False}
    assert monotonic() - began < ANSWER_SECONDS
