"""A session begins with a password, goes on by refresh tokens and ends everywhere."""

import asyncio

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from tests.auth import PASSWORD, Service, answers

pytest_plugins = ("tests.auth_fixtures",)


async def test_a_password_opens_a_session(here: Service) -> None:
    answer = await here.log_in("ada")

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    issued = answer.json()
    assert (issued["token_type"], issued["expires_in"]) == ("bearer", 600)
    me = (await here.me(issued["access_token"])).json()
    assert (me["username"], me["roles"]) == ("ada", {"main": "editor"})


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ada", "wrong"),
        ("nobody", "correct horse battery"),
        ("ada", "correct horse battery" + "x" * 60),
        ("ada", "nul \0 nul"),
        ("ada", "lone \udc80".encode("utf-8", "surrogateescape").decode("latin-1")),
    ],
)
async def test_wrong_credentials_are_refused_alike(
    here: Service, username: str, password: str
) -> None:
    answer = await here.log_in(username, password)

    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/invalid-credentials"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"grant_type": "authorization_code"},
        {"grant_type": "password", "username": "ada"},
        {"grant_type": "password", "username": "nul\0", "password": "x"},
        {"grant_type": "refresh_token"},
    ],
)
async def test_a_form_that_is_no_grant_is_refused(here: Service, form: dict[str, str]) -> None:
    answer = await here.http.post("/v1/auth/token", data=form)

    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/invalid-input"


async def test_a_refresh_token_works_once_and_its_reuse_ends_the_session(here: Service) -> None:
    first = (await here.log_in("ada")).json()
    second = (await here.refresh(first["refresh_token"])).json()
    assert (await here.me(second["access_token"])).status_code == 200

    reused = await here.refresh(first["refresh_token"])

    assert reused.status_code == 401
    assert (await here.me(second["access_token"])).status_code == 401
    assert (await here.me(first["access_token"])).status_code == 401
    assert (await here.refresh(second["refresh_token"])).status_code == 401


async def test_a_forged_refresh_token_ends_nothing(here: Service) -> None:
    first = (await here.log_in("ada")).json()
    second = (await here.refresh(first["refresh_token"])).json()
    session_id, _, secret = second["refresh_token"].split(".")
    forged = f"{session_id}.{'a' * 43}.{secret}"

    assert (await here.refresh(forged)).status_code == 401

    assert (await here.me(second["access_token"])).status_code == 200
    assert (await here.refresh(second["refresh_token"])).status_code == 200


async def test_of_two_who_refresh_at_once_at_most_one_goes_on(here: Service) -> None:
    token = (await here.log_in("ada")).json()["refresh_token"]

    given = await asyncio.gather(*(here.refresh(token) for _ in range(8)))

    assert sorted(answer.status_code for answer in given) == [200, *[401] * 7]


@pytest.mark.parametrize("token", ["garbage", "é", "0" * 32 + f".{'a' * 43}" * 2, "a.b.c"])
async def test_what_is_no_refresh_token_is_refused(here: Service, token: str) -> None:
    assert (await here.refresh(token)).status_code == 401


async def test_an_expired_session_is_over(here: Service, engine: AsyncEngine) -> None:
    issued = (await here.log_in("ada")).json()
    async with engine.begin() as connection:
        await connection.execute(text("update access.sessions set expires_at = now()"))

    assert (await here.refresh(issued["refresh_token"])).status_code == 401


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
async def test_a_revoked_session_is_refused_everywhere(
    here: Service, elsewhere: Service, kind: str
) -> None:
    issued = (await here.log_in("ada")).json()
    token = issued["access_token"]
    assert (await elsewhere.me(token)).status_code == 200

    assert (await here.revoke(issued[kind], by=token)).status_code == 204

    assert (await here.me(token)).status_code == 401
    assert await answers(401, elsewhere, token)
    assert (await here.refresh(issued["refresh_token"])).status_code == 401


async def test_revoking_needs_a_token_of_ones_own(here: Service) -> None:
    answer = await here.http.post("/v1/auth/revoke", data={"token": "anything"})

    assert answer.status_code == 401


@pytest.mark.parametrize("token", ["garbage", "0" * 32 + f".{'a' * 43}" * 2, "a.b." + "A" * 86])
async def test_revoking_what_is_no_token_is_no_error(here: Service, token: str) -> None:
    own = await here.token_of("ada")

    assert (await here.revoke(token, by=own)).status_code == 204
    assert (await here.me(own)).status_code == 200


async def test_a_guessed_session_id_ends_nothing(here: Service) -> None:
    victim = (await here.log_in("ada")).json()
    forged = victim["refresh_token"].split(".")[0] + f".{'a' * 43}" * 2

    assert (await here.revoke(forged, by=await here.token_of("ada"))).status_code == 204
    assert (await here.me(victim["access_token"])).status_code == 200


async def test_the_public_keys_are_served(here: Service) -> None:
    answer = await here.http.get("/.well-known/jwks.json")

    (key,) = answer.json()["keys"]
    assert {**key, "kid": "", "x": ""} == {
        "kty": "OKP",
        "crv": "Ed25519",
        "use": "sig",
        "alg": "EdDSA",
        "kid": "",
        "x": "",
    }
    assert answer.headers["Cache-Control"] == "public, max-age=60"


async def test_the_log_tells_who_and_never_a_secret(here: Service) -> None:
    with capture_logs() as entries:
        issued = (await here.log_in("ada")).json()
        await here.log_in("ada", "a wrong password")
        await here.refresh(issued["refresh_token"])
        await here.refresh(issued["refresh_token"])
        await here.revoke(await here.token_of("ada"), by=await here.token_of("ada"))

    events = [
        entry["event"] for entry in entries if entry["event"] not in {"request", "access_decided"}
    ]
    assert events == [
        "token_issued",
        "token_refused",
        "token_issued",
        "session_revoked",
        "token_refused",
        "token_issued",
        "token_issued",
        "session_revoked",
    ]
    for secret in (PASSWORD, "a wrong password", issued["access_token"], issued["refresh_token"]):
        assert secret not in str(entries)
