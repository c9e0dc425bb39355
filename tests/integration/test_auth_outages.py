"""Sessions while Redis or PostgreSQL is away."""

import asyncio
from functools import partial
from time import monotonic
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.gate import noticing
from api.auth.roles import Principal
from api.auth.staying.notices import FRESH_SECONDS, Living, Notice, Notices
from api.settings import Settings
from events.circuit import redis_circuit
from events.database import create_engine
from events.nudge import connect
from tests.auth import Service, aged, answers, service
from tests.eventually import eventually
from tests.proxy import redis_proxy
from tests.redis_process import redis_process

pytest_plugins = ("tests.auth_fixtures",)


@pytest.fixture
def redis_seconds() -> float:
    return 1.0


async def test_without_redis_sessions_work_and_end_within_two_seconds(
    here: Service, settings: Settings, engine: AsyncEngine
) -> None:
    assert here
    async with (
        Redis.from_url("redis://127.0.0.1:1") as away,
        service(settings, engine, away) as one,
        service(settings, engine, away) as other,
    ):
        issued = (await one.log_in("ada")).json()
        token = issued["access_token"]
        assert (await other.me(token)).status_code == 200
        assert (await one.refresh(issued["refresh_token"])).status_code == 200

        assert (await one.revoke(token, by=token)).status_code == 204

        assert (await one.me(token)).status_code == 401
        assert await answers(401, other, token, within=FRESH_SECONDS + 0.2)


async def test_a_redis_that_hangs_costs_a_moment_at_most(
    here: Service, settings: Settings, engine: AsyncEngine, redis_seconds: float
) -> None:
    silent = await asyncio.start_server(_hold, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    async with (
        silent,
        Redis.from_url(f"redis://127.0.0.1:{port}") as hanging,
        service(settings, engine, hanging) as process,
    ):
        token = await here.token_of("ada")
        began = monotonic()
        async with asyncio.timeout(60):
            given = [await process.me(token) for _ in range(20)]
        took = monotonic() - began

    assert [answer.status_code for answer in given] == [200] * 20
    assert took < len(given) * redis_seconds / 2


async def _hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while await reader.read(100):
            pass
    finally:
        writer.close()


async def test_a_redis_that_is_slow_costs_a_moment_now_and_then(
    here: Service,
    settings: Settings,
    engine: AsyncEngine,
    redis_url: str,
    redis_seconds: float,
) -> None:
    tokens = [await here.token_of("ada") for _ in range(20)]
    async with (
        redis_proxy(redis_url) as way,
        connect(way.url) as slow,
        service(settings, engine, slow) as process,
    ):
        way.delay_seconds = 4 * redis_seconds
        began = monotonic()
        given = [await process.me(token) for token in tokens]
        took = monotonic() - began

    assert [answer.status_code for answer in given] == [200] * 20
    assert took < len(tokens) * redis_seconds / 2


async def test_a_redis_that_is_full_lets_nobody_stay_who_was_sent_away(
    here: Service, settings: Settings, engine: AsyncEngine
) -> None:
    assert here
    with redis_process() as server:
        async with (
            connect(server.url) as redis,
            service(settings, engine, redis) as one,
            service(settings, engine, redis) as other,
        ):
            token = await one.token_of("ada")
            assert (await other.me(token)).status_code == 200
            await redis.config_set("maxmemory", 1)

            assert (await one.revoke(token, by=token)).status_code == 204

            assert (await one.me(token)).status_code == 401
            assert await answers(401, other, token, within=FRESH_SECONDS + 0.2)
            assert await redis.keys("access:session:*") == []
            assert (await other.log_in("ada")).status_code == 200


async def test_a_revocation_that_redis_missed_holds_after_two_seconds(
    here: Service, elsewhere: Service, engine: AsyncEngine
) -> None:
    token = await here.token_of("ada")
    assert (await elsewhere.me(token)).status_code == 200
    async with engine.begin() as connection:
        await connection.execute(text("update access.sessions set revoked_at = now()"))

    assert await answers(401, elsewhere, token, within=FRESH_SECONDS + 0.2)
    assert (await here.me(token)).status_code == 401


@pytest.mark.parametrize("value", [b"garbage", b"{}", b'{"principal": 7}', b"\xff"])
async def test_what_redis_made_up_is_not_believed(
    here: Service, elsewhere: Service, redis: Redis, value: bytes
) -> None:
    issued = (await here.log_in("ada")).json()
    (key,) = await redis.keys("access:session:*")
    await redis.set(key, value)

    assert (await elsewhere.me(issued["access_token"])).status_code == 200


async def test_an_emptied_redis_lets_nobody_back_in(
    here: Service, elsewhere: Service, redis: Redis
) -> None:
    token = await here.token_of("ada")
    await here.revoke(token, by=token)
    await redis.flushdb()

    assert (await elsewhere.me(token)).status_code == 401


async def test_a_late_word_that_a_session_lives_does_not_undo_its_end(
    settings: Settings, redis: Redis
) -> None:
    """Whatever the settings of those who tell of it: there is but one word for an end."""
    other = settings.model_copy(update={"access_token_seconds": 60})
    here, there = (noticing(each, redis, redis_circuit()) for each in (settings, other))
    ada = await told(here, redis)
    await there.ended(ada.session_id)

    await here.tell(Living(ada, await now(redis)))

    assert (await found(here, ada)).has_ended


@pytest.mark.parametrize("seconds", [FRESH_SECONDS + 0.1, -60])
async def test_an_old_word_is_not_told_any_more_nor_one_of_a_time_to_come(
    settings: Settings, redis: Redis, seconds: float
) -> None:
    notices = noticing(settings, redis, redis_circuit())
    ada = Principal("ada", uuid4(), {})

    await notices.tell(Living(ada, await now(redis) - int(seconds * 1_000_000)))

    assert (await found(notices, ada)).principal is None


async def test_a_redis_whose_clock_was_put_back_is_not_believed(
    settings: Settings, redis: Redis
) -> None:
    notices = noticing(settings, redis, redis_circuit())
    ada = await told(notices, redis)
    assert (await found(notices, ada)).principal == ada

    await aged(redis, -60)

    assert (await found(notices, ada)).principal is None


async def told(notices: Notices, redis: Redis) -> Principal:
    ada = Principal("ada", uuid4(), {})
    await notices.tell(Living(ada, await now(redis)))
    return ada


async def found(notices: Notices, whose: Principal) -> Notice:
    return (await notices.find([whose.session_id]))[whose.session_id]


async def now(redis: Redis) -> int:
    seconds, microseconds = await redis.time()
    return int(seconds * 1_000_000 + microseconds)


async def test_a_redis_that_stood_still_brings_no_session_back(
    here: Service, settings: Settings, engine: AsyncEngine
) -> None:
    """It still executes what a process has sent that has long given up."""
    token = await here.token_of("ada")
    with redis_process() as server:
        async with (
            connect(server.url) as redis,
            service(settings, engine, redis) as early,
            service(settings, engine, redis) as late,
        ):
            await late.me(await here.token_of("ada"))
            async with engine.connect() as connection:
                await connection.execute(text("lock table access.sessions"))
                asking = asyncio.create_task(early.me(token))
                await eventually(partial(waits_for_a_lock, engine))
                server.hang()
            await asking
            async with engine.begin() as connection:
                await connection.execute(text("update access.sessions set revoked_at = now()"))
            await asyncio.sleep(FRESH_SECONDS)
            server.resume()
            await redis.ping()

            assert (await late.me(token)).status_code == 401


async def waits_for_a_lock(engine: AsyncEngine) -> bool:
    query = "select 1 from pg_locks where not granted and relation = 'access.sessions'::regclass"
    async with engine.connect() as connection:
        return bool((await connection.execute(text(query))).all())


async def test_without_postgres_the_answer_is_503(
    here: Service, settings: Settings, redis: Redis
) -> None:
    token = await here.token_of("ada")
    away = create_engine("postgresql://nobody@127.0.0.1:1/none", pool_size=2, application="tests")
    async with service(settings, away, redis) as process:
        given = [
            await process.log_in("ada"),
            await process.me(token),
            await process.http.get("/.well-known/jwks.json"),
        ]
    await away.dispose()

    assert [answer.status_code for answer in given] == [503] * 3
    assert {answer.json()["type"] for answer in given} == {"/problems/database-unavailable"}
    assert given[0].headers["Retry-After"] == "1"
