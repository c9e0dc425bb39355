"""Who may come in while PostgreSQL, or one of two, is away."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from time import monotonic

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.databases import Databases
from api.auth.signing import keys
from api.auth.signing.keys import AGAIN_SECONDS
from api.auth.staying import look_up
from api.auth.staying.look_up import IMPATIENT_SECONDS
from api.auth.staying.notices import FRESH_SECONDS
from api.settings import Settings
from events.database import create_engine
from tests.auth import Service, aged, answers, bearer, given_user, service
from tests.eventually import eventually
from tests.proxy import Proxy, proxy

pytest_plugins = ("tests.auth_fixtures", "tests.lagging_fixtures")

READ, WRITE = "/v1/catalogs/main/read", "/v1/catalogs/main/write"


@dataclass
class Reader:
    """A process whose way to PostgreSQL a test can cut; it has served somebody else before."""

    service: Service
    way: Proxy
    unconfirmed: list[None] = field(default_factory=list)

    async def reads(self, token: str) -> int:
        return (await self.service.get(READ, token)).status_code

    async def writes(self, token: str) -> int:
        return (await self.service.get(WRITE, token)).status_code


@pytest.fixture
async def way(database_url: str) -> AsyncIterator[Proxy]:
    async with proxy(database_url) as made:
        yield made


@pytest.fixture
async def away(way: Proxy) -> AsyncIterator[AsyncEngine]:
    """What can be put away by the proxy."""
    engine = create_engine(way.url, pool_size=2, application="tests")
    yield engine
    await engine.dispose()


@pytest.fixture
async def reader(
    here: Service, settings: Settings, away: AsyncEngine, redis: Redis, way: Proxy
) -> AsyncIterator[Reader]:
    heard: list[None] = []
    async with service(settings, away, redis, unconfirmed=lambda: heard.append(None)) as process:
        made = Reader(process, way, heard)
        assert await made.reads(await here.token_of("ada")) == 200
        yield made


async def test_a_session_that_was_alive_a_while_ago_may_read(
    here: Service, reader: Reader, redis: Redis
) -> None:
    token = await here.token_of("ada")
    await reader.way.stop()
    await aged(redis, 60)

    assert await reader.reads(token) == 200
    await eventually(lambda: is_unconfirmed_once(reader))


async def is_unconfirmed_once(reader: Reader) -> bool:
    return len(reader.unconfirmed) == 1


async def test_it_may_do_nothing_else(here: Service, reader: Reader, redis: Redis) -> None:
    token = await here.token_of("ada")
    await reader.way.stop()
    await aged(redis, 60)

    assert await reader.writes(token) == 503

    await reader.way.start()
    assert await answers(200, reader.service, token, path=WRITE, within=15)


async def test_it_may_so_for_a_bounded_time(
    here: Service, reader: Reader, redis: Redis, settings: Settings
) -> None:
    token = await here.token_of("ada")
    await reader.way.stop()
    await aged(redis, settings.stale_seconds + 1)

    assert await reader.reads(token) == 503
    assert reader.unconfirmed == []


async def test_a_session_that_ends_meanwhile_is_refused_at_once(
    here: Service, reader: Reader, redis: Redis
) -> None:
    token = await here.token_of("ada")
    await reader.way.stop()
    await aged(redis, 60)
    assert await reader.reads(token) == 200

    await here.revoke(token, by=token)

    assert await answers(401, reader.service, token, path=READ)


async def test_roles_that_were_taken_away_meanwhile_are_not_believed(
    here: Service, reader: Reader, redis: Redis, engine: AsyncEngine
) -> None:
    token = await here.token_of("ada")
    await reader.way.stop()
    await aged(redis, 60)
    assert await reader.reads(token) == 200

    await given_user(engine, "anna", {"*": "admin"})
    anna = bearer(await here.token_of("anna"))
    changed = await here.http.patch("/v1/users/ada", json={"roles": {}}, headers=anna)
    assert changed.status_code == 200

    assert await answers(503, reader.service, token, path=READ)
    assert (await here.get(READ, token)).status_code == 404
    assert await reader.reads(token) == 404


async def test_an_emptied_redis_vouches_for_nobody(
    here: Service, reader: Reader, redis: Redis
) -> None:
    token = await here.token_of("ada")
    await reader.way.stop()
    await redis.flushdb()

    assert await reader.reads(token) == 503


async def test_a_revocation_that_redis_missed_is_made_good_by_the_first_who_asks_postgres(
    here: Service, elsewhere: Service, reader: Reader, redis: Redis, engine: AsyncEngine
) -> None:
    token = await here.token_of("ada")
    await reader.way.stop()
    async with engine.begin() as connection:
        await connection.execute(text("update access.sessions set revoked_at = now()"))
    await aged(redis, FRESH_SECONDS)
    assert (await elsewhere.me(token)).status_code == 401

    assert await reader.reads(token) == 503


async def test_known_keys_go_on_and_unknown_ones_can_t_be_told(
    here: Service, reader: Reader
) -> None:
    token = await here.token_of("ada")
    claims = jwt.decode(token, options={"verify_signature": False})
    strange = {"kid": "unheard-of", "typ": "at+jwt"}
    await reader.way.stop()

    assert (await reader.service.http.get("/.well-known/jwks.json")).status_code == 200
    assert await reader.reads(token) == 200
    forged = jwt.encode(claims, Ed25519PrivateKey.generate(), "EdDSA", headers=strange)
    assert await answers(503, reader.service, forged, path=READ, within=AGAIN_SECONDS + 5)


@pytest.fixture
async def two(
    settings: Settings, engine: AsyncEngine, away: AsyncEngine, redis: Redis
) -> AsyncIterator[tuple[Service, list[None]]]:
    """A process with a primary that can be put away, and a replica that lags by nothing."""
    heard: list[None] = []
    process = service(
        settings,
        engine,
        redis,
        databases=Databases({"database": away, "query_database": engine}),
        unconfirmed=lambda: heard.append(None),
    )
    async with process as one:
        yield one, heard


async def test_a_replica_s_word_is_good_for_reading_alone(
    here: Service, two: tuple[Service, list[None]], redis: Redis, way: Proxy
) -> None:
    process, unconfirmed = two
    token = await here.token_of("ada")
    await redis.flushdb()
    assert (await process.get(WRITE, token)).status_code == 200
    await way.stop()
    await redis.flushdb()
    other = await here.token_of("ada")
    await redis.flushdb()

    assert (await process.get(WRITE, other)).status_code == 503
    assert (await process.get(READ, other)).status_code == 200
    assert unconfirmed
    assert await redis.keys("access:session:*") == []

    await way.start()
    assert await answers(200, process, other, path=WRITE, within=15)


@pytest.fixture
def patient_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    """They wait for what the replica says."""
    monkeypatch.setattr(look_up, "IMPATIENT_SECONDS", 30.0)


@pytest.mark.usefixtures("patient_callers")
async def test_a_replica_that_lags_ends_no_session(
    here: Service,
    settings: Settings,
    engine: AsyncEngine,
    away: AsyncEngine,
    redis: Redis,
    way: Proxy,
    lagging: AsyncEngine,
) -> None:
    databases = Databases({"database": away, "query_database": lagging})
    async with service(settings, engine, redis, databases=databases) as process:
        assert (await process.get(READ, await here.token_of("ada"))).status_code == 200
        token = await here.token_of("ada")
        await aged(redis, FRESH_SECONDS)
        kept = await redis.keys("access:session:*")
        await way.stop()

        assert (await process.get(READ, token)).status_code == 503
        assert sorted(await redis.keys("access:session:*")) == sorted(kept)


@pytest.fixture
async def lagging(lagging_url: str) -> AsyncIterator[AsyncEngine]:
    engine = create_engine(lagging_url, pool_size=2, application="tests")
    yield engine
    await engine.dispose()


async def test_a_database_that_hangs_holds_up_nobody_who_may_be_believed(
    here: Service, redis: Redis, reader: Reader, sessions_seconds: float
) -> None:
    token = await here.token_of("ada")
    reader.way.delay_seconds = 60
    await aged(redis, 60)
    began = monotonic()

    given = await asyncio.gather(*(reader.reads(token) for _ in range(50)))
    took = monotonic() - began

    assert given == [200] * 50
    assert took < sessions_seconds * 0.75
    await eventually(lambda: is_unconfirmed_once(reader))


async def test_who_writes_waits_for_a_database_that_is_slow(
    here: Service, redis: Redis, reader: Reader
) -> None:
    token = await here.token_of("ada")
    await aged(redis, 60)
    reader.way.delay_seconds = IMPATIENT_SECONDS  # of each answer, and there are some

    assert await reader.writes(token) == 200


async def test_who_has_ended_ends_nobody_else_while_it_is_slow(
    here: Service, redis: Redis, reader: Reader, engine: AsyncEngine
) -> None:
    token, other = await here.token_of("ada"), await here.token_of("ada")
    sid = jwt.decode(token, options={"verify_signature": False})["sid"]
    await aged(redis, 60)
    query = "update access.sessions set revoked_at = now() where session_id = :sid"
    async with engine.begin() as connection:
        await connection.execute(text(query), {"sid": sid})
    reader.way.delay_seconds = IMPATIENT_SECONDS

    assert (await reader.service.revoke(other, by=token)).status_code == 401

    assert (await here.me(other)).status_code == 200


@pytest.fixture
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes read the keys all the time."""
    monkeypatch.setattr(keys, "KEPT_SECONDS", 0.05)


@pytest.mark.usefixtures("brisk")
async def test_keys_that_were_read_are_waited_for_by_nobody(
    here: Service, reader: Reader, sessions_seconds: float
) -> None:
    assert here
    reader.way.delay_seconds = 60
    began = monotonic()

    assert (await reader.service.http.get("/.well-known/jwks.json")).status_code == 200

    assert monotonic() - began < sessions_seconds / 2
