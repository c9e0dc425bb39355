"""What a process knows by itself of those who come in again and again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from time import time
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth import gate, tokens
from api.auth.databases import Databases
from api.auth.gate import Gate
from api.auth.keys import KeyRing
from api.auth.live import AHEAD_SECONDS, FRESH_SECONDS, LiveSessions
from api.auth.tokens import LEEWAY_SECONDS, Tokens
from api.settings import Settings
from events.circuit import redis_circuit
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


async def test_who_came_in_is_known_without_asking(here: Service, process: Gate) -> None:
    token = await here.token_of("ada")
    assert process.known(token) is None

    principal = await process.principal(token)

    assert principal is not None
    assert process.known(token) is principal
    assert process.known(token + "A") is None


async def test_who_was_sent_away_is_not_known(here: Service, process: Gate) -> None:
    token = await here.token_of("ada")
    assert await process.principal(token)

    await here.revoke(token, by=token)

    async def is_forgotten() -> bool:
        return process.known(token) is None

    await eventually(is_forgotten, within=FRESH_SECONDS)
    assert await process.principal(token) is None


async def test_a_token_is_known_until_it_expires(databases: Databases) -> None:
    clock = Clock(time())
    keys = KeyRing(databases, retired_seconds=600)
    made = Tokens(keys, issuer="us", audience="us", seconds=600, clock=clock)
    token = await made.issue("ada", uuid4())

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
    clock, notices = Clock(), gate.noticing(settings, redis, redis_circuit())
    sessions = LiveSessions(
        databases, notices, stale_seconds=0, unconfirmed=lambda: None, clock=clock
    )
    ada = await sessions.principal(claims.sid)
    clock.now = FRESH_SECONDS - AHEAD_SECONDS / 2
    assert sessions.known(claims.sid) == ada

    clock.now = FRESH_SECONDS
    assert sessions.known(claims.sid) is None

    async def is_known_anew() -> bool:
        return sessions.known(claims.sid) == ada

    await eventually(is_known_anew)


async def test_made_up_tokens_displace_none(
    here: Service,
    settings: Settings,
    databases: Databases,
    redis: Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tokens, "REMEMBERED", 3)
    async with gate.opened(settings, databases, redis, redis_circuit()) as process:
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
