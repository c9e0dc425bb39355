"""Event streams while PostgreSQL or Redis is away: open, beating, and afterwards without a gap."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from api.main import create_app
from api.settings import Settings
from events.database import create_engine
from events.product import PriceSet
from migrations.run import upgrade
from tests.auth import Service, given_key, given_user
from tests.event_source import EventSource, connected
from tests.given import LAMP, Log, registered
from tests.proxy import Proxy
from tests.redis_process import redis_process
from tests.servers import Servers
from tests.serving import served
from tests.torture.servers import accepting, api_process, postgres_like

pytest_plugins = ("tests.conversation_fixtures", "tests.faulty_fixtures", "tests.data_directory")

BEAT_SECONDS = 0.2
ROUNDS = 3


def priced(amount: int) -> PriceSet:
    return PriceSet(currency="EUR", amount=amount)


@pytest.fixture
def here(settings: Settings, way_to_redis: Proxy, way_to_postgres: Proxy) -> Settings:
    """All of PostgreSQL and Redis may be taken from the process, and not from the tests."""
    return settings.model_copy(
        update={
            "database_url": SecretStr(way_to_postgres.url),
            "redis_url": SecretStr(way_to_redis.url),
            "event_stream_heartbeat_seconds": BEAT_SECONDS,
        }
    )


@pytest.fixture
async def stream(here: Settings, engine: AsyncEngine) -> AsyncIterator[EventSource]:
    """Of one who has heard of the registration of a lamp."""
    await given_key(engine)
    await given_user(engine, "anna", {"*": "admin"})
    await Log(engine).given(LAMP, registered)
    async with served(create_app(here)) as address, AsyncClient(base_url=address) as http:
        token = await Service(http).token_of("anna")
        async with connected(address, token) as stream:
            assert await stream.positions(1) == [1]
            yield stream


async def beats(stream: EventSource, times: int = 3) -> None:
    """And tells of nothing."""
    until = stream.comments + times
    async with asyncio.timeout(30):
        while stream.comments < until:
            assert await stream.block() is None


async def test_without_redis_it_hears_of_events_all_the_same(
    stream: EventSource, engine: AsyncEngine, way_to_redis: Proxy
) -> None:
    await way_to_redis.stop()
    assert await Log(engine).given(LAMP, priced(1), priced(2)) == 3
    assert await stream.positions(2) == [2, 3]
    await way_to_redis.start()
    await Log(engine).given(LAMP, priced(3))
    assert await stream.positions(1) == [4]


async def test_without_postgres_it_beats_and_then_goes_on_without_a_gap(
    stream: EventSource, engine: AsyncEngine, way_to_postgres: Proxy
) -> None:
    for round_ in range(ROUNDS):
        await way_to_postgres.stop()
        amounts = range(4 * round_, 4 * round_ + 4)
        last = await Log(engine).given(LAMP, *map(priced, amounts))
        await beats(stream)
        await way_to_postgres.start()
        events = await stream.events(4)
        assert [event.id for event in events] == list(range(last - 3, last + 1))
        assert [event.data["data"]["amount"] for event in events] == list(amounts)


async def test_a_crash_of_postgres_ends_no_stream(
    servers: Servers, data_directory: Path, tmp_path: Path
) -> None:
    with (
        postgres_like(servers, data_directory) as postgres,
        redis_process() as redis,
    ):
        await accepting(postgres.url)
        await upgrade(postgres.url)
        engine = create_engine(postgres.url, pool_size=2, application="catalog-tests")
        await given_key(engine)
        await given_user(engine, "anna", {"*": "admin"})
        await Log(engine).given(LAMP, registered)
        with api_process("api", postgres.url, redis.url, tmp_path) as process:
            await process.ready()
            async with AsyncClient(base_url=process.address.url) as http:
                token = await Service(http).token_of("anna")
            async with connected(process.address.url, token) as stream:
                assert await stream.positions(1) == [1]
                await engine.dispose()
                await asyncio.to_thread(postgres.restart_immediately)
                await accepting(postgres.url)
                await Log(engine).given(LAMP, priced(1))
                assert await stream.positions(1) == [2]
        await engine.dispose()
