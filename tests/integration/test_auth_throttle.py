"""Repeated failures to log in."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.entering.attempts import Attempt, network_of
from api.auth.entering.failures import REMEMBERED, Counter, Failures
from api.auth.entering.throttle import Throttle
from api.auth.entering.turns import AT_ONCE
from api.errors import TooManyAttempts
from api.settings import Settings
from events.circuit import redis_circuit
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
    assert 290 < await redis.ttl("access:failures:password:account:ada") <= 300
    await redis.delete("access:failures:password:account:ada")
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
def throttle(redis: Redis) -> Throttle:
    return Throttle(Failures(redis, redis_circuit()), per_account=3, per_address=9)


async def tries(throttle: Throttle, address: str, times: int, username: str = "ada") -> bool:
    """To guess; whether the last one was let try."""
    attempt = Attempt(username, address)
    try:
        for _ in range(times):
            await throttle.check(attempt, is_known=False)
            await throttle.failed(attempt, is_known=False)
    except TooManyAttempts:
        return False
    return True


HOME, CAFE, ATTACKER = "192.0.2.1", "192.0.2.2", "203.0.113.7"


async def test_nobody_is_shut_out_of_where_he_has_logged_in(here: Service, redis: Redis) -> None:
    assert (await here.at(HOME).log_in("ada")).status_code == 200
    await redis.flushdb()  # whatever Redis forgets

    assert await fail(here.at(ATTACKER), "ada", 11) == [401] * 10 + [429]

    assert await fail(here.at(CAFE), "ada", 1) == [429]
    assert await fail(here.at(HOME), "ada", 9) == [401] * 9
    assert (await here.at(HOME).log_in("ada")).status_code == 200
    assert await fail(here.at(HOME), "ada", 11) == [401] * 10 + [429]


async def test_a_network_of_ipv6_is_known_whole(here: Service) -> None:
    assert (await here.at("2001:db8::1").log_in("ada")).status_code == 200
    await fail(here.at(ATTACKER), "ada", 10)

    assert (await here.at("2001:db8::ffff:1").log_in("ada")).status_code == 200
    assert (await here.at("2001:db8:0:1::1").log_in("ada")).status_code == 429


async def test_many_addresses_guess_as_often_as_one(throttle: Throttle) -> None:
    guesses = [await tries(throttle, f"203.0.113.{last}", 1) for last in range(10)]

    assert guesses == [True] * 3 + [False] * 7


async def test_who_logs_in_does_not_let_others_guess_on(here: Service) -> None:
    assert (await here.at(HOME).log_in("ada")).status_code == 200
    await fail(here.at(ATTACKER), "ada", 10)

    assert (await here.at(HOME).log_in("ada")).status_code == 200

    assert await fail(here.at(ATTACKER), "ada", 1) == [429]


async def test_an_address_is_known_for_its_own_user_alone(
    here: Service, engine: AsyncEngine
) -> None:
    await given_user(engine, "eve", {})
    assert (await here.at(ATTACKER).log_in("eve")).status_code == 200

    await fail(here.at(CAFE), "ada", 10)

    assert await fail(here.at(ATTACKER), "ada", 1) == [429]


async def test_an_address_that_is_known_is_counted_like_any_other(throttle: Throttle) -> None:
    for number in range(3):
        assert await tries(throttle, HOME, 3, f"user-{number}")

    with pytest.raises(TooManyAttempts):
        await throttle.check(Attempt("ada", HOME), is_known=True)


async def test_a_network_of_ipv6_is_one_address(throttle: Throttle) -> None:
    for number in range(9):
        assert await tries(throttle, f"2001:db8::{number}", 1, f"user-{number}")

    assert not await tries(throttle, "2001:db8::ffff:1", 1)
    assert await tries(throttle, "2001:db8:0:1::1", 1)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_what_an_address_is_counted_as(address: str, network: str) -> None:
    assert network_of(address) == network


async def test_guesses_that_come_all_at_once_are_counted_too(
    here: Service, elsewhere: Service
) -> None:
    given = await asyncio.gather(
        *(process.log_in("ada", "wrong") for process in (here, elsewhere) for _ in range(25))
    )

    wrong = [answer.status_code for answer in given].count(401)
    assert 10 <= wrong < 10 + 2 * AT_ONCE
    assert {answer.status_code for answer in given} == {401, 429}


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


async def test_without_redis_nobody_is_shut_out_of_where_he_has_logged_in(
    without_redis: Service,
) -> None:
    assert (await without_redis.at(HOME).log_in("ada")).status_code == 200

    assert await fail(without_redis.at(ATTACKER), "ada", 11) == [401] * 10 + [429]

    assert (await without_redis.at(HOME).log_in("ada")).status_code == 200


async def test_without_redis_what_costs_nothing_pushes_out_no_failed_password() -> None:
    async with Redis.from_url("redis://127.0.0.1:1") as away:
        failures = Failures(away, redis_circuit())
        guessed = Counter("password", "account", "ada")
        await failures.add(guessed)

        for number in range(REMEMBERED):
            await failures.add(Counter("client_credentials", "address", str(number)))
            await failures.add(Counter("refresh_token", "address", str(number)))

        ((counted, _),) = await failures.count(guessed)
        assert counted == 1
