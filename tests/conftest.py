from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import asyncpg
import pytest
import structlog
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine
from xdist.workermanage import WorkerController  # type: ignore[import-untyped]

from api.main import create_app
from api.settings import Settings
from events.database import create_engine
from tests.lifespan import alive
from tests.servers import REDIS_DATABASES, Servers, started
from tests.shared_routes import made_once

SERVERS = pytest.StashKey[Servers]()
CLOSING = pytest.StashKey[ExitStack]()
numbers = count(1)


def pytest_configure(config: pytest.Config) -> None:
    """By default the locals of each logged failure are told: seconds in which a loop is busy."""
    *others, _ = structlog.get_config()["processors"]
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, plain])
    given = getattr(config, "workerinput", {}).get("servers")
    if given:
        config.stash[SERVERS] = Servers(*given)


def pytest_unconfigure(config: pytest.Config) -> None:
    if closing := config.stash.get(CLOSING, None):
        closing.close()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """One pair of servers for all workers of pytest-xdist."""
    servers = _servers(node.config)
    node.workerinput["servers"] = (servers.database_url, servers.redis_url)


def _servers(config: pytest.Config) -> Servers:
    if SERVERS not in config.stash:
        closing = config.stash[CLOSING] = ExitStack()
        config.stash[SERVERS] = closing.enter_context(started())
    return config.stash[SERVERS]


@pytest.fixture(autouse=True)
def logging_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands and processes set up their logs; a test must not hear of another's.

    A logger that caches what it was set up with would keep it for all tests after.
    """
    before, configure = structlog.get_config(), structlog.configure

    def configure_without_cache(**given: object) -> None:
        configure(**given | {"cache_logger_on_first_use": False})  # type: ignore[arg-type]

    monkeypatch.setattr(structlog, "configure", configure_without_cache)
    yield
    configure(**before)


@pytest.fixture(scope="session", autouse=True)
def routes() -> Iterator[None]:
    with made_once():
        yield


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    return _servers(pytestconfig)


@pytest.fixture
async def database_url(servers: Servers, worker_id: str) -> AsyncIterator[str]:
    """A migrated database of the test's own."""
    template = make_url(servers.database_url)
    name = f"test_{worker_id}_{next(numbers)}"
    copied = f"template {template.database} strategy file_copy"
    await _administer(template, f"create database {name} {copied}")
    yield template.set(database=name).render_as_string(hide_password=False)
    await _administer(template, f"drop database {name} with (force)")


async def _administer(template: URL, statement: str) -> None:
    url = template.set(drivername="postgresql", database="postgres")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def redis_url(servers: Servers, worker_id: str) -> str:
    """An emptied Redis database of the test's own."""
    number = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
    url = servers.redis_url.replace("?db=0", f"?db={number % REDIS_DATABASES}")
    async with Redis.from_url(url) as redis:
        await redis.flushdb()
    return url


@pytest.fixture
def settings(database_url: str, redis_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=SecretStr(database_url),
        redis_url=SecretStr(redis_url),
        bcrypt_rounds=4,
        uploads_directory=tmp_path / "uploads",
    )


@pytest.fixture
async def engine(settings: Settings) -> AsyncIterator[AsyncEngine]:
    url = settings.database_url.get_secret_value()
    engine = create_engine(url, pool_size=10, application="catalog-tests")
    yield engine
    await engine.dispose()


@pytest.fixture
def a_minute_that_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """For as long as the test: what is counted of requests is not forgotten within it."""
    monkeypatch.setattr("api.rates.counts.WINDOW_SECONDS", 10**9)


@pytest.fixture
def redis_seconds() -> float:
    """The longest that is waited for Redis: a slow machine is not taken for an outage."""
    return 10.0


@pytest.fixture
def sessions_seconds() -> float:
    """The longest that is waited for PostgreSQL to tell of a session."""
    return 10.0


@pytest.fixture(autouse=True)
def patience(
    redis_seconds: float, sessions_seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("events.circuit", "workers.announcing", "workers.queue"):
        monkeypatch.setattr(f"{module}.REDIS_SECONDS", redis_seconds)
    monkeypatch.setattr("events.nudge.ANSWER_SECONDS", max(redis_seconds, 1.0))
    monkeypatch.setattr("api.auth.databases.ANSWER_SECONDS", sessions_seconds)


@pytest.fixture
def remembered_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process knows a session for longer than a test takes, unless it hears of a change."""
    monkeypatch.setattr("api.auth.staying.live.FRESH_SECONDS", 600.0)


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with (
        alive(app) as living,
        AsyncClient(transport=ASGITransport(living), base_url="http://catalog.test") as client,
    ):
        yield client
