"""Secrets that nobody guesses are tried often enough to be counted, by address alone."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from api.settings import Settings
from tests.auth import Service, service
from tests.auth_clients import granted

pytest_plugins = ("tests.auth_fixtures",)

HOME, ATTACKER = "192.0.2.1", "203.0.113.7"
NO_TOKEN = f"{'0' * 32}.{'a' * 43}.{'b' * 43}"


@pytest.fixture
async def strict(
    here: Service, settings: Settings, engine: AsyncEngine, redis: Redis
) -> AsyncIterator[Service]:
    assert here
    strict = settings.model_copy(update={"failed_logins_per_address": 3})
    async with service(strict, engine, redis) as process:
        yield process


async def test_refresh_tokens_are_guessed_a_few_times_from_one_address(strict: Service) -> None:
    attacker, home = strict.at(ATTACKER), strict.at(HOME)
    token = (await home.log_in("ada")).json()["refresh_token"]

    guesses = [(await attacker.refresh(NO_TOKEN)).status_code for _ in range(4)]

    assert guesses == [401] * 3 + [429]
    assert (await attacker.refresh(token)).status_code == 429
    assert (await home.refresh(token)).status_code == 200
    assert (await attacker.log_in("ada")).status_code == 200


async def test_honest_refreshes_are_not_counted(strict: Service, redis: Redis) -> None:
    token = (await strict.log_in("ada")).json()["refresh_token"]

    for _ in range(5):
        refreshed = await strict.refresh(token)
        assert refreshed.status_code == 200
        token = refreshed.json()["refresh_token"]

    assert await redis.keys("access:failures:*") == []


async def test_secrets_of_clients_are_guessed_a_few_times_from_one_address(
    strict: Service, redis: Redis
) -> None:
    attacker = strict.at(ATTACKER)

    guesses = [(await granted(attacker, "wrong", name)).status_code for name in ("a", "b", "ada")]

    assert guesses == [401] * 3
    assert (await granted(attacker, "wrong", "d")).status_code == 429
    assert (await granted(strict.at(HOME), "wrong", "d")).status_code == 401
    assert (await attacker.log_in("ada")).status_code == 200
    assert sorted(await redis.keys("access:failures:*")) == [
        f"access:failures:client_credentials:address:{HOME}".encode(),
        f"access:failures:client_credentials:address:{ATTACKER}".encode(),
    ]


async def test_whoever_is_refused_leaves_name_and_address(strict: Service) -> None:
    attacker = strict.at(ATTACKER)
    with capture_logs() as lines:
        for _ in range(4):
            await attacker.log_in("ada", "wrong")
            await granted(attacker, "wrong")
            await attacker.refresh(NO_TOKEN)

    told = {
        (line["event"], line["username"], line["address"], *line.get("full", ()))
        for line in lines
        if line["log_level"] == "warning"
    }
    names = ("ada", "robot", None)
    refused = {("token_refused", name, ATTACKER) for name in names}
    assert told == refused | {("token_throttled", name, ATTACKER, "address") for name in names}


async def test_who_sends_no_secret_leaves_the_address_too(here: Service) -> None:
    with capture_logs() as lines:
        form = {"grant_type": "client_credentials", "client_id": "robot"}
        await here.at(ATTACKER).http.post("/v1/auth/token", data=form)
        await here.at(ATTACKER).refresh("no token")

    refused = [line for line in lines if line["event"] == "token_refused"]
    assert [line["address"] for line in refused] == [ATTACKER] * 2


async def test_it_is_told_which_count_was_full(here: Service) -> None:
    assert (await here.at(HOME).log_in("ada")).status_code == 200
    with capture_logs() as lines:
        for address in (ATTACKER, HOME):
            for _ in range(11):
                await here.at(address).log_in("ada", "wrong")

    throttled = [line for line in lines if line["event"] == "token_throttled"]
    assert [(line["username"], line["address"], line["full"]) for line in throttled] == [
        ("ada", ATTACKER, ["account"]),
        ("ada", HOME, ["account_here"]),
    ]
