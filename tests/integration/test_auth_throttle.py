"""Repeated failures to log in."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from tests.auth import Service, given_user, service

pytest_plugins = ("tests.auth_fixtures",)


async def fail(process: Service, username: str, times: int) -> list[int]:
    return [(await process.log_in(username, "wrong")).status_code for _ in range(times)]


@pytest.mark.parametrize("username", ["ada", "nobody"])
async def test_an_account_is_closed_after_ten_failures(
    here: Service, elsewhere: Service, username: str
) -> None:
    assert await fail(here, username, 5) + await fail(elsewhere, username, 5) == [401] * 10

    answer = await here.log_in(username)

    assert answer.status_code == 429
    assert answer.json()["type"] == "/problems/too-many-attempts"
    assert 1 <= int(answer.headers["Retry-After"]) <= 300


async def test_others_are_not_closed_out(here: Service, engine: AsyncEngine) -> None:
    await given_user(engine, "eve", {})
    await fail(here, "ada", 11)

    assert (await here.log_in("eve")).status_code == 200


async def test_it_opens_when_the_failures_are_forgotten(here: Service, redis: Redis) -> None:
    await fail(here, "ada", 11)
    assert 290 < await redis.ttl("access:failures:account:ada") <= 300
    await redis.delete("access:failures:account:ada")
    assert await fail(here, "ada", 1) == [401]

    assert (await here.log_in("ada")).status_code == 200


async def test_a_success_forgives(here: Service) -> None:
    await fail(here, "ada", 9)
    assert (await here.log_in("ada")).status_code == 200

    assert await fail(here, "ada", 9) == [401] * 9
    assert (await here.log_in("ada")).status_code == 200


async def test_an_address_is_closed_too(
    here: Service, settings: Settings, engine: AsyncEngine, redis: Redis
) -> None:
    assert here
    strict = settings.model_copy(update={"failed_logins_per_address": 3})
    async with service(strict, engine, redis) as process:
        for name in ("a", "b", "c"):
            assert await fail(process, name, 1) == [401]

        assert (await process.log_in("ada")).status_code == 429


@pytest.fixture
async def without_redis(
    here: Service, settings: Settings, engine: AsyncEngine
) -> AsyncIterator[Service]:
    assert here
    async with (
        Redis.from_url("redis://127.0.0.1:1") as away,
        service(settings, engine, away) as process,
    ):
        with pytest.raises(RedisAway):
            await away.ping()
        yield process


async def test_without_redis_a_process_counts_for_itself(without_redis: Service) -> None:
    assert await fail(without_redis, "ada", 10) == [401] * 10

    answer = await without_redis.log_in("ada")

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 300


async def test_without_redis_a_success_forgives(without_redis: Service) -> None:
    await fail(without_redis, "ada", 9)

    assert (await without_redis.log_in("ada")).status_code == 200
    assert await fail(without_redis, "ada", 9) == [401] * 9
