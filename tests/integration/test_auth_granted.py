"""Whoever is granted tokens again and again is limited in how often, and in how many sessions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from uuid import uuid4

import pytest
from httpx import Response
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.signing import keys
from api.auth.staying import sessions
from api.auth.staying.notices import AT_ONCE, Notices
from api.settings import Settings
from events.circuit import Circuit, redis_circuit
from events.errors import DatabaseUnavailable
from tests.auth import Service, answers, given_user, service
from tests.auth_clients import Keeper, granted

pytest_plugins = ("tests.auth_fixtures",)

QUOTA = 4
OPEN = 3


@pytest.fixture
async def secret(here: Service, engine: AsyncEngine) -> str:
    await given_user(engine, "root", {"*": "admin"})
    keeper = Keeper(here, await here.token_of("root"))
    return str((await keeper.given())["client_secret"])


@pytest.fixture
async def sparing(
    here: Service, settings: Settings, engine: AsyncEngine, redis: Redis
) -> AsyncIterator[Service]:
    """A process with a quota, in a minute that lasts."""
    assert here
    limited = settings.model_copy(update={"requests_per_minute": QUOTA})
    async with service(limited, engine, redis) as process:
        yield process


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "OPEN_LIMIT", OPEN)


async def opened(engine: AsyncEngine) -> int:
    query = "select count(*) from access.sessions where revoked_at is null"
    async with engine.connect() as connection:
        return int(await connection.scalar(text(query)) or 0)


async def beyond_quota(asks: Callable[[], Awaitable[Response]]) -> Response:
    given = [await asks() for _ in range(QUOTA + 1)]
    assert [answer.status_code for answer in given] == [200] * QUOTA + [429]
    assert given[0].headers["RateLimit-Policy"] == f'"requests";q={QUOTA};w=60'
    assert given[-1].json()["type"] == "/problems/too-many-requests"
    assert given[-1].headers["Retry-After"]
    return given[-1]


@pytest.mark.usefixtures("a_minute_that_lasts")
async def test_what_a_password_or_a_secret_is_granted_counts_and_beyond_it_opens_nothing(
    sparing: Service, secret: str, engine: AsyncEngine
) -> None:
    before = await opened(engine)

    await beyond_quota(lambda: sparing.log_in("ada"))
    await beyond_quota(lambda: granted(sparing, secret))

    assert await opened(engine) == before + 2 * QUOTA
    assert (await sparing.me(await sparing.token_of("root"))).status_code == 200


@pytest.mark.usefixtures("a_minute_that_lasts")
async def test_a_refresh_beyond_the_quota_has_not_used_the_token(
    here: Service, sparing: Service
) -> None:
    issued = [(await here.log_in("ada")).json()]

    async def refresh() -> Response:
        answer = await sparing.refresh(issued[-1]["refresh_token"])
        if answer.is_success:
            issued.append(answer.json())
        return answer

    await beyond_quota(refresh)

    assert (await here.refresh(issued[-1]["refresh_token"])).status_code == 200


@pytest.mark.usefixtures("a_minute_that_lasts")
async def test_what_is_refused_counts_for_nobody(here: Service, sparing: Service) -> None:
    token = await here.token_of("ada")
    for _ in range(QUOTA):
        assert (await sparing.log_in("ada", "wrong")).status_code == 401

    assert "RateLimit" not in (await sparing.log_in("ada", "wrong")).headers
    assert f"r={QUOTA - 1};" in (await sparing.me(token)).headers["RateLimit"]


async def test_a_refresh_that_nobody_can_sign_has_not_used_the_token(
    here: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who tries again as he is told is no thief."""
    token = (await here.log_in("ada")).json()["refresh_token"]

    async def away(*_: object) -> None:
        raise DatabaseUnavailable

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(keys, "KEPT_SECONDS", 0.0)
        meanwhile.setattr(keys, "_read_signer", away)
        answer = await here.refresh(token)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]

    assert (await here.refresh(token)).status_code == 200


@pytest.mark.usefixtures("few")
async def test_of_many_sessions_the_oldest_makes_room(
    here: Service, elsewhere: Service, engine: AsyncEngine
) -> None:
    tokens = [await here.token_of("ada") for _ in range(OPEN)]
    for token in tokens:
        assert (await elsewhere.me(token)).status_code == 200

    tokens.append(await here.token_of("ada"))

    assert await opened(engine) == OPEN
    assert (await here.me(tokens[0])).status_code == 401
    assert await answers(401, elsewhere, tokens[0])
    for token in tokens[1:]:
        assert (await elsewhere.me(token)).status_code == 200


@pytest.mark.usefixtures("few")
async def test_a_client_s_oldest_makes_room_too_and_nobody_else_s(
    here: Service, elsewhere: Service, secret: str
) -> None:
    ada = await here.token_of("ada")
    issued = [(await granted(here, secret)).json()["access_token"] for _ in range(OPEN + 2)]

    assert [(await here.me(token)).status_code for token in issued] == [401] * 2 + [200] * OPEN
    assert await answers(401, elsewhere, issued[1])
    assert (await here.me(ada)).status_code == 200


@pytest.mark.usefixtures("few")
async def test_who_begins_many_at_a_time_has_no_more_once_another_begins(
    here: Service, elsewhere: Service, secret: str, engine: AsyncEngine
) -> None:
    begun = [granted(process, secret) for process in (here, elsewhere) for _ in range(10)]
    assert {answer.status_code for answer in await asyncio.gather(*begun)} == {200}

    assert (await granted(here, secret)).status_code == 200

    assert await opened(engine) == OPEN + 1  # with root's


async def test_what_has_expired_is_not_ended(
    here: Service, secret: str, engine: AsyncEngine
) -> None:
    await granted(here, secret)
    async with engine.begin() as connection:
        expired = "update access.sessions set expires_at = now() where username = 'robot'"
        await connection.execute(text(expired))
    keeper = Keeper(here, await here.token_of("root"))

    assert (await keeper.renews()).status_code == 200

    async with engine.connect() as connection:
        query = "select revoked_at from access.sessions where username = 'robot'"
        assert await connection.scalar(text(query)) is None


@pytest.mark.parametrize("announce", [Notices.ended, Notices.changed])
async def test_sessions_are_announced_some_at_a_time(
    redis: Redis, monkeypatch: pytest.MonkeyPatch, announce: Callable[..., Awaitable[None]]
) -> None:
    """So that Redis, and this process, come to others in between."""
    exchanges = 0
    asked = Circuit.asked

    def counted(circuit: Circuit) -> AbstractAsyncContextManager[None]:
        nonlocal exchanges
        exchanges += 1
        return asked(circuit)

    monkeypatch.setattr(Circuit, "asked", counted)
    notices = Notices(redis, redis_circuit(), living_seconds=1, ended_seconds=600)
    many = [uuid4() for _ in range(2 * AT_ONCE + 1)]

    await announce(notices, *many)

    assert exchanges == 3
    notices_of = await notices.find(many)
    assert {each.has_ended for each in notices_of.values()} == {announce is Notices.ended}
