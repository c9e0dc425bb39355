"""Each decision on who may do what leaves one line and one count."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from tests.auth import Service, bearer, given_user
from tests.auth_clients import Keeper

pytest_plugins = ("tests.auth_fixtures",)

MAIN = "/v1/catalogs/main"


@pytest.fixture
def chatty(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "api.auth.decisions")


def counted() -> dict[tuple[str, str], float]:
    """By right and decision, of both sides."""
    return {
        (sample.labels["right"], sample.labels["decision"]): sample.value
        for family in REGISTRY.collect()
        for sample in family.samples
        if sample.name == "catalog_command_access_decisions_total"
    }


async def decided(
    process: Service, path: str, headers: Mapping[str, str], method: str = "GET"
) -> dict[str, Any]:
    """The only line that a request left, which is one count as well."""
    before = counted()
    with capture_logs() as entries:
        await process.http.request(method, path, headers=headers)
    (line,) = (entry for entry in entries if entry["event"] == "access_decided")
    grown = {key: value - before[key] for key, value in counted().items() if value > before[key]}
    assert grown == {(line["right"], line["decision"]): 1}
    return dict(line)


@pytest.mark.parametrize(
    ("right", "level"),
    [("read", "debug"), ("write", "info"), ("audit", "info"), ("operate", "info")],
)
@pytest.mark.usefixtures("chatty")
async def test_who_is_let_through_is_told(
    here: Service, engine: AsyncEngine, right: str, level: str
) -> None:
    await given_user(engine, "chief", {"main": "admin"})
    token = await here.token_of("chief")
    session_id = (await here.me(token)).json()["session_id"]

    assert await decided(here, f"{MAIN}/{right}", bearer(token)) == {
        "event": "access_decided",
        "log_level": level,
        "decision": "allowed",
        "right": right,
        "catalog": "main",
        "username": "chief",
        "session_id": session_id,
    }


async def test_reads_are_told_to_who_asks_for_debugging_alone(here: Service) -> None:
    token = await here.token_of("ada")
    before = counted()["read", "allowed"]

    with capture_logs() as entries:
        await here.get(f"{MAIN}/read", token)

    assert [entry for entry in entries if entry["event"] == "access_decided"] == []
    assert counted()["read", "allowed"] == before + 1


@pytest.mark.parametrize("right", ["write", "audit", "operate"])
async def test_who_lacks_a_role_is_told(here: Service, engine: AsyncEngine, right: str) -> None:
    await given_user(engine, "eve", {"main": "viewer"})

    line = await decided(here, f"{MAIN}/{right}", bearer(await here.token_of("eve")))

    assert (line["log_level"], line["decision"]) == ("warning", "refused")
    assert (line["right"], line["catalog"], line["username"]) == (right, "main", "eve")
    assert line["reason"] == "role missing"


@pytest.mark.parametrize("catalog", ["outlet", "nowhere"])
async def test_a_catalog_that_the_caller_may_not_know_is_told(here: Service, catalog: str) -> None:
    token = await here.token_of("ada")

    line = await decided(here, f"/v1/catalogs/{catalog}/write", bearer(token))

    assert (line["decision"], line["right"], line["catalog"]) == ("refused", "write", catalog)
    assert (line["username"], line["reason"]) == ("ada", "catalog unknown to the caller")


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "no token"),
        ({"Authorization": "Bearer"}, "no token"),
        ({"Authorization": "Basic YTpi"}, "no token"),
        ({"Authorization": "Bearer a.b.c"}, "invalid token"),
    ],
)
@pytest.mark.parametrize(
    ("path", "right"),
    [
        (f"{MAIN}/read", "read"),
        (f"{MAIN}/audit", "audit"),
        ("/v1/users", "administer"),
        ("/v1/me", "enter"),
    ],
)
async def test_whom_nobody_knows_is_told_with_what_he_wanted(
    here: Service, headers: dict[str, str], reason: str, path: str, right: str
) -> None:
    line = await decided(here, path, headers)

    assert (line["log_level"], line["decision"], line["right"]) == ("warning", "refused", right)
    assert line["reason"] == reason
    assert "username" not in line


async def test_a_session_that_has_ended_is_told_with_whose_it_was(here: Service) -> None:
    token = await here.token_of("ada")
    session_id = (await here.me(token)).json()["session_id"]
    await here.revoke(token, by=token)

    line = await decided(here, f"{MAIN}/write", bearer(token))

    assert (line["decision"], line["right"], line["reason"]) == (
        "refused",
        "write",
        "session ended",
    )
    assert (line["username"], line["session_id"]) == ("ada", session_id)


async def test_who_administers_is_told(here: Service, engine: AsyncEngine) -> None:
    await given_user(engine, "root", {"*": "admin"})
    root = bearer(await here.token_of("root"))
    ada = bearer(await here.token_of("ada"))

    allowed = await decided(here, "/v1/clients", root)
    refused = await decided(here, "/v1/users/root", ada, "DELETE")

    assert (allowed["decision"], allowed["log_level"]) == ("allowed", "info")
    assert (refused["decision"], refused["reason"]) == ("refused", "role missing")
    assert {allowed["right"], refused["right"]} == {"administer"}
    assert "catalog" not in allowed


@pytest.mark.usefixtures("chatty")
@pytest.mark.parametrize("path", ["/v1/me", "/v1/me/sessions"])
async def test_what_any_token_allows_is_told(here: Service, path: str) -> None:
    line = await decided(here, path, bearer(await here.token_of("ada")))

    assert (line["decision"], line["right"], line["log_level"]) == ("allowed", "enter", "debug")


async def test_each_line_of_a_request_names_its_caller(here: Service, engine: AsyncEngine) -> None:
    await given_user(engine, "root", {"*": "admin"})
    secret = (await Keeper(here, await here.token_of("root")).given())["client_secret"]
    form = {"grant_type": "client_credentials", "client_id": "robot", "client_secret": secret}
    token = (await here.http.post("/v1/auth/token", data=form)).json()["access_token"]

    with capture_logs() as entries:
        await here.get(f"{MAIN}/operate", token)
        await here.http.get(f"{MAIN}/operate")

    named = [entry.get("username") for entry in entries if entry["event"] == "request"]
    assert named == ["robot", None]
