"""What comes before a password is tried."""

import asyncio
import threading
from collections.abc import Iterable, Iterator

import pytest
from httpx import Response
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.entering import account as accounts
from api.auth.entering.account import find
from api.auth.entering.attempts import Attempt
from api.auth.entering.passwords import Passwords
from api.auth.entering.turns import AT_ONCE, WAITING_OF_ONE
from api.settings import Settings
from events.database import driver, statement
from tests.auth import Service, service
from tests.eventually import eventually
from tests.plans import explained, generic_plans, looked_at

pytest_plugins = ("tests.auth_fixtures",)

HOME, CAFE, ATTACKER = "192.0.2.1", "192.0.2.2", "203.0.113.7"
CROWD = 10

SESSIONS = """
    insert into access.sessions (session_id, username, address, expires_at)
    select gen_random_uuid(), $1, $2, now() from generate_series(1, $3::integer)
"""


type Guess = asyncio.Task[Response]


@pytest.fixture
def may_go_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Until when whoever has a turn keeps it."""
    may_go_on, compare = threading.Event(), Passwords._compare  # noqa: SLF001 -- to slow it down

    def slowly(passwords: Passwords, given: bytes, known: bytes) -> bool:
        assert may_go_on.wait(30)
        return compare(passwords, given, known)

    monkeypatch.setattr(Passwords, "_compare", slowly)
    yield may_go_on
    may_go_on.set()


async def crowd(attacker: Service, names: Iterable[str]) -> list[Guess]:
    """Guesses that come all at once, when all but a few have been sent away."""
    guesses = [asyncio.create_task(attacker.log_in(name, "wrong")) for name in names]

    async def all_but_a_few_are_sent_away() -> bool:
        return sum(guess.done() for guess in guesses) == CROWD - AT_ONCE - WAITING_OF_ONE

    await eventually(all_but_a_few_are_sent_away)
    return guesses


async def statuses(guesses: Iterable[Guess]) -> list[int]:
    return [guess.status_code for guess in await asyncio.gather(*guesses)]


async def test_one_address_shuts_nobody_out(here: Service, may_go_on: threading.Event) -> None:
    """However many connections it has, and whatever names it tries."""
    guesses = await crowd(here.at(ATTACKER), [f"user-{number}" for number in range(CROWD)])
    logging_in = asyncio.create_task(here.at(HOME).log_in("ada"))
    may_go_on.set()

    assert (await logging_in).status_code == 200
    answered = await statuses(guesses)
    assert answered.count(401) == AT_ONCE + WAITING_OF_ONE
    assert answered.count(429) == CROWD - AT_ONCE - WAITING_OF_ONE


async def test_who_has_waited_is_checked_again(
    here: Service,
    settings: Settings,
    engine: AsyncEngine,
    redis: Redis,
    may_go_on: threading.Event,
) -> None:
    assert here
    strict = settings.model_copy(update={"failed_logins_per_account": 2})
    async with service(strict, engine, redis) as process:
        guesses = await crowd(process.at(ATTACKER), ["ada"] * CROWD)
        may_go_on.set()

        assert 2 <= (await statuses(guesses)).count(401) < 2 + AT_ONCE


async def test_who_is_throttled_does_not_wait(here: Service, may_go_on: threading.Event) -> None:
    may_go_on.set()
    for _ in range(10):
        await here.at(ATTACKER).log_in("ada", "wrong")
    may_go_on.clear()
    guesses = await crowd(here.at(CAFE), [f"user-{number}" for number in range(CROWD)])

    try:
        async with asyncio.timeout(10):
            answer = await here.at(ATTACKER).log_in("ada")
    finally:
        may_go_on.set()
        await statuses(guesses)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 1


async def test_for_an_address_that_is_throttled_postgresql_is_not_asked(
    here: Service,
    settings: Settings,
    engine: AsyncEngine,
    redis: Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert here
    strict = settings.model_copy(update={"failed_logins_per_address": 1})
    async with service(strict, engine, redis) as process:
        assert (await process.log_in("ada", "wrong")).status_code == 401
        monkeypatch.setattr(accounts, "find", None)

        assert (await process.log_in("ada")).status_code == 429


async def test_of_all_sessions_those_of_the_user_are_looked_at(
    here: Service, engine: AsyncEngine
) -> None:
    assert here
    async with driver(engine) as connection:
        await connection.execute("insert into access.users (username) values ('eve')")
        await connection.execute(SESSIONS, "eve", ATTACKER, 5_000)
        await connection.execute(SESSIONS, "ada", HOME, 3)
        await connection.execute("analyze access.sessions")
        asked = f"prepare asked (text) as {statement('api.auth.entering', 'sql/find_account.sql')}"
        async with generic_plans(connection):
            plan = await explained(connection, asked, "'ada'")

    scans = [node for node in plan if node.get("Relation Name") == "sessions"]
    assert [looked_at(scan) for scan in scans] == [3]


@pytest.mark.parametrize(
    ("opened_at", "asks_from", "is_known"),
    [
        (HOME, HOME, True),
        (HOME, ATTACKER, False),
        ("2001:db8::1", "2001:db8:0:0:ffff::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        (f"::ffff:{HOME}", HOME, True),
        ("unix:", "unix:", True),
        (None, "", False),
    ],
)
async def test_a_network_is_known_that_a_session_was_opened_from(
    here: Service, engine: AsyncEngine, opened_at: str | None, asks_from: str, *, is_known: bool
) -> None:
    assert here
    async with driver(engine) as connection:
        await connection.execute(SESSIONS, "ada", opened_at, 1)

        assert (await find(connection, Attempt("ada", asks_from))).is_known is is_known


@pytest.mark.parametrize("username", ["nobody", "robot"])
async def test_who_has_no_password_is_like_nobody(engine: AsyncEngine, username: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("insert into access.users (username) values ('robot')"))
    async with driver(engine) as connection:
        await connection.execute(SESSIONS, "robot", HOME, 1)

        account = await find(connection, Attempt(username, HOME))

    assert (account.password_hash, account.is_known) == (None, False)
