"""Lists that take long, or a PostgreSQL that hangs, keep nobody else from reading."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import pool, pool_state
from events.errors import DatabaseUnavailable
from events.nudge import connect
from queries import moment, turns
from queries.categories import Categories
from queries.cursor_key import KeptCursors
from queries.database import ANSWER_SECONDS, ReadDatabase
from queries.errors import QueryTooSlow, TooManyQueries
from queries.lists import products
from queries.lists.filters import Filters
from queries.lists.listing import Wanted
from queries.lists.totals import Totals
from queries.product import Documents
from tests.cursors import CURSORS
from tests.eventually import eventually
from tests.freshness import AWAY, LONG
from tests.given import LAMP, MAIN, Log, projected, registered
from tests.proxy import Proxy, proxy
from tests.reading import product_cache

ALL = Wanted(catalog=MAIN, filters=Filters(currency="EUR"))
POOL = 6


@pytest.fixture
async def redis() -> AsyncIterator[Redis]:
    """Away, so that PostgreSQL is asked."""
    async with connect(AWAY) as client:
        yield client


@pytest.fixture
async def way_to_postgres(database_url: str) -> AsyncIterator[Proxy]:
    async with proxy(database_url) as made:
        yield made


@pytest.fixture
async def own(way_to_postgres: Proxy) -> AsyncIterator[AsyncEngine]:
    async with pool(way_to_postgres.url, application="turns", pool_size=POOL) as made:
        yield made


@pytest.fixture
async def database(engine: AsyncEngine, own: AsyncEngine) -> ReadDatabase:
    await Log(engine).given(LAMP, registered)
    await projected(engine)
    return ReadDatabase(own)


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists do not end by themselves."""
    monkeypatch.setattr(products, "composed", lambda *_, **__: ("select pg_sleep(600)", []))


def documents(database: ReadDatabase, redis: Redis) -> Documents:
    return Documents(database, product_cache(redis), memory_bytes=0, stale_seconds=0)


async def listed(database: ReadDatabase) -> None:
    await products.find(database, CURSORS, Totals(), ALL)


@pytest.mark.usefixtures("endless")
async def test_who_waits_long_for_his_turn_is_refused_and_look_ups_have_theirs(
    database: ReadDatabase, own: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "TURN_SECONDS", 0.2)
    monkeypatch.setattr(database._circuit, "deadline_seconds", LONG)  # noqa: SLF001
    asking = [asyncio.create_task(listed(database)) for _ in range(40)]

    async def refused() -> bool:
        return sum(each.done() for each in asking) >= len(asking) - POOL // 3

    await eventually(refused)
    assert pool_state(own).in_use <= POOL // 3
    found = await documents(database, redis).read("main", LAMP, minimum=0)
    assert found.value
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(each) for each in told} == {TooManyQueries, QueryTooSlow}


@pytest.mark.usefixtures("endless")
async def test_what_takes_too_long_is_broken_off_and_is_no_fault_of_postgresql_s(
    database: ReadDatabase, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moment, "_BEGIN", moment._BEGIN.replace("'4s'", "'100ms'"))  # noqa: SLF001
    for _ in range(2 * POOL):
        with pytest.raises(QueryTooSlow):
            await listed(database)
    assert not database.is_away
    assert (await documents(database, redis).read("main", LAMP, minimum=0)).value


async def test_while_it_hangs_whoever_asks_for_anything_is_told_so_at_once(
    database: ReadDatabase,
    redis: Redis,
    way_to_postgres: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(database._circuit, "_rest_seconds", LONG)  # noqa: SLF001 -- so that nobody tries meanwhile
    await listed(database)
    way_to_postgres.delay_seconds = 60
    with pytest.raises(DatabaseUnavailable):
        await listed(database)

    began = monotonic()
    for ask in (
        lambda: listed(database),
        lambda: Categories(database).read("main", minimum=0),
        lambda: documents(database, redis).read("main", LAMP, minimum=0),
        lambda: documents(database, redis).read("main", "LAMP-1", minimum=0),
        KeptCursors(database),
    ):
        with pytest.raises(DatabaseUnavailable):
            await ask()
    assert monotonic() - began < ANSWER_SECONDS
