"""Products are read while the read side's PostgreSQL is away: from Redis, for a bounded time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from time import monotonic

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.staying.notices import FRESH_SECONDS
from api.settings import Settings
from queries.database import ANSWER_SECONDS
from tests.auth import Service, aged
from tests.conversation import NOBODY, PRODUCTS, Caller
from tests.eventually import eventually
from tests.faulty import Shelf, measured, served_by
from tests.projectors import running
from tests.proxy import Proxy
from tests.reading import vouched_before

pytest_plugins = (
    "tests.conversation_fixtures",
    "tests.faulty_fixtures",
    "tests.lagging_fixtures",
)
pytestmark = pytest.mark.usefixtures("worker")


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as redis:
        yield redis


@pytest.fixture
async def worker(engine: AsyncEngine, redis: Redis) -> AsyncIterator[AsyncExitStack]:
    """Closed, it is away."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running(engine, redis, most=500))
        yield stack


async def test_what_a_worker_vouches_for_is_served_as_ever(
    reader: Caller, shelf: Shelf, way_to_postgres: Proxy
) -> None:
    failures = measured("product_look_up_failures_total")
    await way_to_postgres.stop()

    for path, body in shelf.bodies.items():
        answer = (await reader.gets(path)).gives(200)
        assert answer.body == body
        assert not {"Age", "Warning"} & {*answer.headers}
    unknown = await reader.gets(f"{PRODUCTS}/{NOBODY}")

    unknown.refused(503, "database-unavailable")
    assert int(unknown.headers["Retry-After"]) >= 1
    assert measured("product_look_up_failures_total") > failures


async def test_lists_and_the_tree_are_refused(reader: Caller, way_to_postgres: Proxy) -> None:
    tree = "/v1/catalogs/main/categories"
    await way_to_postgres.stop()
    for path in (PRODUCTS, tree, PRODUCTS, tree):
        answer = await reader.gets(path)
        answer.refused(503, "database-unavailable")
        assert int(answer.headers["Retry-After"]) >= 1
    assert measured("circuit_open", of="reads") == 1

    await way_to_postgres.start()

    async def are_back() -> bool:
        answers = [await reader.gets(path) for path in (PRODUCTS, tree)]
        return {each.response.status_code for each in answers} == {200}

    await eventually(are_back)
    assert measured("circuit_open", of="reads") == 0


async def test_a_replica_that_lags_or_is_away_refuses_no_session(
    anna: Caller, spoilt: Settings, shelf: Shelf, redis: Redis, lagging_url: str
) -> None:
    for url in (lagging_url, "postgresql://nobody@127.0.0.1:1/none"):
        replica = spoilt.model_copy(update={"query_database_url": SecretStr(url)})
        async with served_by(replica, anna, Shelf({}, shelf.position)) as reader:
            token = await Service(anna.http).token_of("anna")
            await redis.flushdb()

            me = (await Caller(reader.http, token).gets("/v1/me")).gives(200)
            assert me.body["username"] == "anna"


async def test_a_database_that_hangs_holds_up_nobody_who_asks_for_what_is_cached(
    reader: Caller, shelf: Shelf, way_to_postgres: Proxy
) -> None:
    way_to_postgres.delay_seconds = 60
    unknown = asyncio.create_task(reader.gets(f"{PRODUCTS}/{NOBODY}"))
    until = monotonic() + 2 * FRESH_SECONDS
    while monotonic() < until:
        for path, body in shelf.bodies.items():
            began = monotonic()
            assert (await reader.gets(path)).gives(200).body == body
            assert monotonic() - began < ANSWER_SECONDS

    (await unknown).refused(503, "database-unavailable")


async def test_without_a_worker_too_it_is_marked_as_old_and_served_for_a_bounded_time(
    reader: Caller,
    shelf: Shelf,
    settings: Settings,
    redis: Redis,
    worker: AsyncExitStack,
    way_to_postgres: Proxy,
) -> None:
    path, body = next(iter(shelf.bodies.items()))
    stale = measured("product_reads_total", source="stale")
    await way_to_postgres.stop()
    await worker.aclose()

    await vouched_before(redis, seconds=100)
    old = (await reader.gets(path)).gives(200)
    assert old.body == body
    assert int(old.headers["Age"]) >= 100
    assert old.headers["Warning"].startswith("110 ")
    assert measured("product_reads_total", source="stale") == stale + 1

    await vouched_before(redis, seconds=settings.stale_seconds)
    too_old = await reader.gets(path)
    too_old.refused(503, "database-unavailable")
    assert int(too_old.headers["Retry-After"]) >= 1

    await way_to_postgres.start()

    async def is_read_again() -> bool:
        answer = await reader.gets(path)
        return answer.response.status_code == 200 and "Age" not in answer.headers

    await eventually(is_read_again)


async def test_with_no_database_at_all_readers_are_known_for_as_long(
    anna: Caller,
    shelf: Shelf,
    spoilt: Settings,
    redis: Redis,
    worker: AsyncExitStack,
    way_to_postgres: Proxy,
) -> None:
    path = next(iter(shelf.bodies))
    url = SecretStr(way_to_postgres.url)
    alone = spoilt.model_copy(update={"database_url": url, "query_database_url": None})
    unconfirmed = measured("unconfirmed_sessions_total")
    async with served_by(alone, anna, shelf) as reader:
        token = await Service(anna.http).token_of("anna")
        await worker.aclose()
        await way_to_postgres.stop()
        await vouched_before(redis, seconds=100)
        await aged(redis, seconds=100)

        (await Caller(reader.http, token).gets(path)).gives(200)
        assert measured("unconfirmed_sessions_total") == unconfirmed + 1

        other = await Service(anna.http).token_of("anna")
        await aged(redis, seconds=alone.stale_seconds + 1)
        (await Caller(reader.http, other).gets(path)).refused(503, "database-unavailable")
