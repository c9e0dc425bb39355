"""What a process knows by itself of those who come in again and again."""

import asyncio
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from time import time
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth import gate
from api.auth.databases import Databases
from api.auth.gate import Gate
from api.auth.signing.keys import KeyRing
from api.auth.signing.tokens import LEEWAY_SECONDS, Tokens
from api.auth.staying.live import AHEAD_SECONDS, LiveSessions
from api.auth.staying.notices import FRESH_SECONDS
from api.settings import Settings
from events.circuit import redis_circuit
from events.database import create_engine
from tests.auth import Service
from tests.eventually import eventually

pytest_plugins = ("tests.auth_fixtures",)


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def databases(here: Service, engine: AsyncEngine) -> Databases:
    """With a key, and with ada."""
    assert here
    return Databases({"database": engine})


@pytest.fixture
async def process(settings: Settings, databases: Databases, redis: Redis) -> AsyncIterator[Gate]:
    async with gate.opened(settings, databases, redis, redis_circuit()) as opened:
        yield opened


@pytest.mark.usefixtures("remembered_for_long")
async def test_who_came_in_is_known_without_asking(here: Service, process: Gate) -> None:
    token = await here.token_of("ada")
    assert process.known(token) is None

    principal = await process.principal(token)

    assert principal is not None
    assert process.known(token) is principal
    assert process.known(token + "A") is None


@pytest.mark.usefixtures("remembered_for_long")
async def test_who_was_sent_away_is_not_known(here: Service, process: Gate) -> None:
    token = await here.token_of("ada")
    assert await process.principal(token)

    await here.revoke(token, by=token)

    async def is_forgotten() -> bool:
        return process.known(token) is None

    await eventually(is_forgotten)
    assert await process.principal(token) is None


async def test_a_token_is_known_until_it_expires(databases: Databases) -> None:
    clock = Clock(time())
    keys = KeyRing(databases)
    made = Tokens(keys, issuer="us", audience="us", seconds=600, remembered=10, clock=clock)
    token = made.issue(await keys.signer(), "ada", uuid4())

    claims = await made.verified(token)

    assert claims is not None
    assert made.known(token) == claims
    clock.now = claims.exp + LEEWAY_SECONDS - 1
    assert made.known(token) == claims
    clock.now += 1
    assert made.known(token) is None


async def test_who_is_asked_for_all_the_time_is_asked_about_ahead_of_it(
    here: Service, settings: Settings, databases: Databases, redis: Redis, process: Gate
) -> None:
    claims = await process.tokens.verified(await here.token_of("ada"))
    assert claims is not None
    await redis.flushdb()
    clock, notices = Clock(), gate.noticing(settings, redis, redis_circuit())
    sessions = LiveSessions(databases, notices, stale_seconds=0, remembered=10, clock=clock)
    ada = await sessions.principal(claims.sid)
    clock.now = FRESH_SECONDS - AHEAD_SECONDS / 2
    assert sessions.known(claims.sid) == ada

    clock.now = FRESH_SECONDS
    assert sessions.known(claims.sid) is None

    async def is_known_anew() -> bool:
        return sessions.known(claims.sid) == ada

    await eventually(is_known_anew)


async def test_what_asking_took_is_part_of_the_two_seconds(
    here: Service, settings: Settings, databases: Databases, redis: Redis, process: Gate
) -> None:
    claims = await process.tokens.verified(await here.token_of("ada"))
    assert claims is not None
    await redis.flushdb()
    clock, look = Clock(), 0.25
    notices = gate.noticing(settings, redis, redis_circuit())
    sessions = LiveSessions(
        databases, notices, stale_seconds=0, remembered=10, clock=partial(goes_on, clock, look)
    )
    assert await sessions.principal(claims.sid)

    clock.now = FRESH_SECONDS + look

    assert sessions.known(claims.sid) is None


def goes_on(clock: Clock, seconds: float) -> float:
    """Whoever looks at it takes his time."""
    clock.now += seconds
    return clock.now - seconds


async def test_what_is_asked_for_all_belongs_to_nobody_s_request(
    here: Service, settings: Settings, databases: Databases, redis: Redis, process: Gate
) -> None:
    claims = await process.tokens.verified(await here.token_of("ada"))
    assert claims is not None
    request: ContextVar[str] = ContextVar("request", default="nobody's")
    seen = set()

    def clock() -> float:
        seen.add(request.get())
        return 0.0

    notices = gate.noticing(settings, redis, redis_circuit())
    sessions = LiveSessions(databases, notices, stale_seconds=0, remembered=10, clock=clock)
    request.set("of who came first")

    assert await sessions.principal(claims.sid)

    assert seen == {"nobody's"}


async def test_many_sessions_at_once_need_few_connections(
    here: Service, settings: Settings, redis: Redis, database_url: str
) -> None:
    """After a restart, with a Redis that was emptied too."""
    assert here
    engine = create_engine(database_url, pool_size=2, application="tests")
    async with engine.begin() as connection:
        rows = await connection.execute(text(MANY), {"many": 3_000})
        many = [row.session_id for row in rows]
    notices = gate.noticing(settings, redis, redis_circuit())
    databases = Databases({"database": engine})
    sessions = LiveSessions(databases, notices, stale_seconds=0, remembered=10)

    found = await asyncio.gather(*(sessions.principal(each) for each in many))

    assert [each.session_id for each in found if each and each.roles] == many
    databases_of_clients = [each["db"] for each in await redis.client_list()]
    assert 0 < databases_of_clients.count(str(redis.connection_pool.connection_kwargs["db"])) < 20
    assert len(await redis.keys("access:session:*")) == len(many)
    await engine.dispose()


MANY = """
    insert into access.sessions (session_id, username, refresh_digest, expires_at)
    select gen_random_uuid(), 'ada', sha256(number::text::bytea), now() + interval '1 hour'
    from generate_series(1, :many) as number
    returning session_id
"""


@pytest.mark.usefixtures("remembered_for_long")
async def test_made_up_tokens_displace_none(
    here: Service,
    settings: Settings,
    databases: Databases,
    redis: Redis,
) -> None:
    three = settings.model_copy(update={"remembered_sessions": 3})
    async with gate.opened(three, databases, redis, redis_circuit()) as process:
        good = [await here.token_of("ada") for _ in range(3)]
        for token in good:
            assert await process.principal(token)
        head, body, _ = good[0].split(".")
        for number in range(10):
            made_up = f"{head}.{body}.{number}{'A' * 85}"
            assert await process.principal(made_up) is None

        assert all(process.known(token) for token in good)

        assert await process.principal(await here.token_of("ada"))
        assert [process.known(token) is None for token in good] == [True, False, False]
