"""All refresh tokens of a session are a family: what one of them did, none can undo."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.auth import Service, answers

pytest_plugins = ("tests.auth_fixtures",)


async def chain(service: Service, length: int) -> list[dict[str, str]]:
    """What was issued for a session, each by the refresh token of the one before."""
    issued = [(await service.log_in("ada")).json()]
    while len(issued) < length:
        issued.append((await service.refresh(issued[-1]["refresh_token"])).json())
    return issued


@pytest.mark.parametrize("used", [0, 1, 3])
async def test_any_that_was_used_before_ends_the_session_for_everybody(
    here: Service, elsewhere: Service, used: int
) -> None:
    issued = await chain(here, 5)
    assert (await elsewhere.me(issued[-1]["access_token"])).status_code == 200

    assert (await here.refresh(issued[used]["refresh_token"])).status_code == 401

    for each in issued:
        assert (await here.me(each["access_token"])).status_code == 401
    assert await answers(401, elsewhere, issued[-1]["access_token"])
    assert (await elsewhere.refresh(issued[-1]["refresh_token"])).status_code == 401


@pytest.mark.parametrize("used", [0, 1, 2])
async def test_logging_out_with_any_of_them_ends_the_session_for_everybody(
    here: Service, elsewhere: Service, used: int
) -> None:
    """Whoever has taken it and gone on in the owner's place is out with him."""
    issued = await chain(here, 3)
    assert (await elsewhere.me(issued[-1]["access_token"])).status_code == 200

    answer = await here.revoke(issued[used]["refresh_token"], by=issued[0]["access_token"])

    assert answer.status_code == 204
    assert (await here.me(issued[-1]["access_token"])).status_code == 401
    assert await answers(401, elsewhere, issued[-1]["access_token"])
    assert (await here.refresh(issued[-1]["refresh_token"])).status_code == 401


async def test_who_knows_no_family_logs_nobody_out(here: Service) -> None:
    (mine,), (yours,) = await chain(here, 1), await chain(here, 1)
    session_id, _, _ = yours["refresh_token"].split(".")
    _, family, secret = mine["refresh_token"].split(".")

    answer = await here.revoke(f"{session_id}.{family}.{secret}", by=mine["access_token"])

    assert answer.status_code == 204
    assert (await here.me(yours["access_token"])).status_code == 200


async def test_a_session_goes_on_for_who_uses_each_once(here: Service) -> None:
    issued = await chain(here, 5)

    assert (await here.me(issued[-1]["access_token"])).status_code == 200
    assert len({each["refresh_token"] for each in issued}) == 5


async def test_who_refreshes_twice_at_once_has_ended_his_session(
    here: Service, elsewhere: Service
) -> None:
    """As nobody can tell him from two who hold the same token."""
    token = (await here.log_in("ada")).json()["refresh_token"]

    given = await asyncio.gather(here.refresh(token), elsewhere.refresh(token))

    assert sorted(answer.status_code for answer in given) == [200, 401]
    went_on = next(answer.json() for answer in given if answer.status_code == 200)
    assert (await here.me(went_on["access_token"])).status_code == 401
    assert (await here.refresh(went_on["refresh_token"])).status_code == 401


async def test_who_knows_the_family_has_had_a_token_of_it(here: Service) -> None:
    """What he adds to it can't open anything, and tells that it was copied."""
    (issued,) = await chain(here, 1)
    session_id, family, _ = issued["refresh_token"].split(".")

    assert (await here.refresh(f"{session_id}.{family}.{'a' * 43}")).status_code == 401

    assert (await here.me(issued["access_token"])).status_code == 401


async def test_the_family_of_another_session_ends_nothing(here: Service) -> None:
    (mine,), (yours,) = await chain(here, 1), await chain(here, 1)
    session_id, _, _ = yours["refresh_token"].split(".")
    _, family, secret = mine["refresh_token"].split(".")

    assert (await here.refresh(f"{session_id}.{family}.{secret}")).status_code == 401

    assert (await here.me(yours["access_token"])).status_code == 200
    assert (await here.refresh(yours["refresh_token"])).status_code == 200


async def test_the_database_knows_no_secret(here: Service, engine: AsyncEngine) -> None:
    issued = await chain(here, 3)

    async with engine.connect() as connection:
        kept = str((await connection.execute(text("select * from access.sessions"))).all())

    for each in issued:
        _, family, secret = each["refresh_token"].split(".")
        assert family not in kept
        assert secret not in kept


async def test_a_session_that_has_expired_is_neither_continued_nor_revoked(
    here: Service, engine: AsyncEngine
) -> None:
    issued = await chain(here, 2)
    async with engine.begin() as connection:
        await connection.execute(text("update access.sessions set expires_at = now()"))

    for each in issued:
        assert (await here.refresh(each["refresh_token"])).status_code == 401

    async with engine.connect() as connection:
        revoked = await connection.scalar(text("select revoked_at from access.sessions"))
    assert revoked is None
