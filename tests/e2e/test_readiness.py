"""Who is sent requests by a balancer, while something is away and while a process stops."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from api.main import create_app
from api.serving import readiness
from api.serving.place import READY as ABLE
from api.serving.place import Place
from api.settings import Settings, Side
from events.database import driver
from tests.auth import given_key
from tests.eventually import eventually
from tests.lifespan import alive
from tests.proxy import Proxy
from tests.serving import serving

pytest_plugins = ("tests.faulty_fixtures",)

READY = "/health/ready"


@pytest.fixture(autouse=True)
async def key(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request looks anew."""
    monkeypatch.setattr(readiness, "SHARED_SECONDS", 0)
    await given_key(engine)


@pytest.fixture
def between(settings: Settings, way_to_redis: Proxy, way_to_postgres: Proxy) -> Settings:
    urls = {
        "database_url": SecretStr(way_to_postgres.url),
        "redis_url": SecretStr(way_to_redis.url),
    }
    return settings.model_copy(update=urls)


@asynccontextmanager
async def process(settings: Settings, side: Side) -> AsyncIterator[AsyncClient]:
    app = create_app(settings.model_copy(update={"side": side}))
    async with (
        alive(app) as living,
        AsyncClient(transport=ASGITransport(living), base_url="http://catalog.test") as http,
    ):
        yield http


async def says(http: AsyncClient, status: int, health: str) -> httpx.Response:
    answer = await http.get(READY)
    assert (answer.status_code, answer.json()["status"]) == (status, health), answer.text
    return answer


@pytest.mark.parametrize("side", ["commands", "all"])
async def test_writes_need_postgres(between: Settings, way_to_postgres: Proxy, side: Side) -> None:
    async with process(between, side) as http:
        await says(http, 200, "ok")
        await way_to_postgres.stop()
        refused = await says(http, 503, "unavailable")
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.json()["checks"]["database"] == "unavailable"
        assert (await http.get("/health/live")).json() == {"status": "ok", "checks": {}}
        assert (await http.get("/health")).status_code == 200
        await way_to_postgres.start()
        await says(http, 200, "ok")


async def test_reads_go_on_from_redis(
    between: Settings, way_to_postgres: Proxy, way_to_redis: Proxy
) -> None:
    async with process(between, "queries") as http:
        await says(http, 200, "ok")
        await way_to_postgres.stop()
        await says(http, 200, "degraded")
        await way_to_redis.stop()
        await says(http, 503, "unavailable")


async def test_who_starts_while_postgres_is_away_can_let_nobody_in(
    between: Settings, way_to_postgres: Proxy
) -> None:
    await way_to_postgres.stop()
    async with process(between, "queries") as http:
        refused = await says(http, 503, "unavailable")
        assert refused.json()["checks"]["keys"] == "unavailable"


async def test_who_starts_before_its_migration_is_of_use_after_it(
    settings: Settings, engine: AsyncEngine
) -> None:
    async with driver(engine) as connection:
        await connection.execute("alter schema projections rename to of_a_later_release")
    told, tells = os.pipe()
    app = create_app(settings)
    async with serving(app, begun=Place(0, tells).taken) as (address, _):
        async with AsyncClient(base_url=address) as http:
            refused = await says(http, 503, "unavailable")
            assert refused.json()["checks"]["database"] == "unavailable"
            async with driver(engine) as connection:
                await connection.execute("alter schema of_a_later_release rename to projections")
            await says(http, 200, "ok")
        async with asyncio.timeout(10):
            assert await asyncio.to_thread(os.read, told, 1) == ABLE
    os.close(told)


async def test_a_busy_pool_keeps_no_balancer_waiting(settings: Settings) -> None:
    app = create_app(settings)
    async with serving(app) as (address, server), AsyncClient(base_url=address) as http:
        engine = server.lifespan.state["resources"].engine
        lent = [await engine.connect() for _ in range(settings.database_pool_size)]
        await says(http, 200, "ok")
        for each in lent:
            await each.close()


async def test_who_is_told_to_stop_says_so_and_goes_on_for_a_while(settings: Settings) -> None:
    app = create_app(settings)
    async with (
        serving(app, drain_seconds=5) as (address, server),
        AsyncClient(base_url=address) as kept,
    ):
        answer = await says(kept, 200, "ok")
        assert "Connection" not in answer.headers
        server.should_exit = True

        async def is_told() -> bool:
            async with AsyncClient(base_url=address) as new:
                return (await new.get(READY)).status_code == 503

        await eventually(is_told)
        answer = await kept.get("/health/live")
        assert (answer.status_code, answer.headers["Connection"]) == (200, "close")

        async def listens_no_more() -> bool:
            with suppress(httpx.ReadError):  # of who came in the last moment
                try:
                    await kept.get("/health/live")
                except httpx.ConnectError:
                    return True
            return False

        await eventually(listens_no_more)
