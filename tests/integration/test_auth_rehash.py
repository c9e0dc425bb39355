"""Hashes of fewer rounds than the setting says follow it, at the next login."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from api.auth.accounts import users
from api.auth.entering.passwords import Passwords
from api.auth.entering.rehash import strengthen
from api.settings import Settings
from events.database import session
from tests.auth import PASSWORD, Service, service

pytest_plugins = ("tests.auth_fixtures",)


@pytest.fixture
def stricter(settings: Settings) -> Settings:
    return settings.model_copy(update={"bcrypt_rounds": 5})


@pytest.fixture
async def strict(
    here: Service, stricter: Settings, engine: AsyncEngine, redis: Redis
) -> AsyncIterator[Service]:
    """A process with one more round than the hash of ada has."""
    assert here
    async with service(stricter, engine, redis) as strict:
        yield strict


async def hash_of(engine: AsyncEngine) -> str:
    async with session(engine) as database:
        return str((await users.find_user(database, "ada")).password_hash)


async def test_a_login_raises_the_cost_of_the_hash_and_ends_nothing(
    here: Service, strict: Service, engine: AsyncEngine
) -> None:
    before = (await here.log_in("ada")).json()
    assert (await hash_of(engine)).startswith("$2b$04$")

    assert (await strict.log_in("ada")).status_code == 200

    strengthened = await hash_of(engine)
    assert strengthened.startswith("$2b$05$")
    assert (await here.me(before["access_token"])).status_code == 200
    assert (await here.refresh(before["refresh_token"])).status_code == 200
    assert (await strict.log_in("ada")).status_code == 200
    assert (await here.log_in("ada")).status_code == 200
    assert await hash_of(engine) == strengthened


async def test_a_wrong_password_changes_no_hash(
    here: Service, strict: Service, engine: AsyncEngine
) -> None:
    assert here
    before = await hash_of(engine)

    assert (await strict.log_in("ada", "wrong")).status_code == 401

    assert await hash_of(engine) == before


async def test_who_logs_in_meanwhile_is_not_refused(
    strict: Service, stricter: Settings, engine: AsyncEngine, redis: Redis
) -> None:
    async with service(stricter, engine, redis) as another:
        given = await asyncio.gather(*(each.log_in("ada") for each in (strict, another) * 4))

    assert [answer.status_code for answer in given] == [200] * 8
    assert (await hash_of(engine)).startswith("$2b$05$")


async def test_a_password_that_was_changed_meanwhile_stays(
    here: Service, engine: AsyncEngine
) -> None:
    assert here
    known = await hash_of(engine)
    changed = await Passwords(rounds=4).hashed("another long password")
    async with session(engine) as database:
        await users.set_password(database, "ada", changed)

    await strengthen(Passwords(rounds=5), engine, "ada", PASSWORD, known)

    assert await hash_of(engine) == changed


async def test_nobody_waits_for_who_holds_the_user(strict: Service, engine: AsyncEngine) -> None:
    before = await hash_of(engine)
    async with engine.begin() as connection:
        await connection.execute(text("select from access.users for share"))

        assert (await strict.log_in("ada")).status_code == 200

    assert await hash_of(engine) == before


async def test_a_failure_is_not_that_of_the_login(strict: Service, engine: AsyncEngine) -> None:
    before = await hash_of(engine)
    async with engine.begin() as connection:
        await connection.execute(text(REFUSE))
        await connection.execute(text(REFUSING))

    with capture_logs() as entries:
        assert (await strict.log_in("ada")).status_code == 200

    assert "password_not_rehashed" in {entry["event"] for entry in entries}
    assert await hash_of(engine) == before


REFUSE = """
    create function refuse() returns trigger language plpgsql
    as $$ begin raise exception 'no hash is changed'; end $$
"""
REFUSING = """
    create trigger refusing before update of password_hash on access.users
    for each row execute function refuse()
"""
