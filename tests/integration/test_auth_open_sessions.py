"""Everybody sees where he is logged in, and ends what he does not know; so do administrators."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Role
from tests.auth import PASSWORD, Service, answers, bearer, given_user
from tests.auth_clients import Keeper, token_of

pytest_plugins = ("tests.auth_fixtures",)

OWN = "/v1/me/sessions"
OF_ADA = "/v1/users/ada/sessions"


@pytest.fixture
async def root(here: Service, engine: AsyncEngine) -> Keeper:
    await given_user(engine, "root", {"*": "admin"})
    return Keeper(here, await here.token_of("root"))


async def listed(process: Service, token: str, path: str = OWN) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await process.get(path, token)).json()["items"]
    return items


async def end(process: Service, token: str, path: str) -> int:
    return (await process.http.delete(path, headers=bearer(token))).status_code


async def session_of(process: Service, token: str) -> str:
    return str((await process.me(token)).json()["session_id"])


async def log_in_by(process: Service, agent: bytes) -> str:
    form = {"grant_type": "password", "username": "ada", "password": PASSWORD}
    answer = await process.http.post("/v1/auth/token", data=form, headers={b"user-agent": agent})
    return str(answer.json()["access_token"])


async def test_a_session_tells_where_it_was_opened(here: Service) -> None:
    before = await here.token_of("ada")
    token = await log_in_by(here, b"Mozilla/5.0 (X11)")

    newest, oldest = await listed(here, token)

    assert newest == {
        "id": await session_of(here, token),
        "created_at": newest["created_at"],
        "refreshed_at": newest["created_at"],
        "expires_at": newest["expires_at"],
        "address": "127.0.0.1",
        "user_agent": "Mozilla/5.0 (X11)",
        "current": True,
    }
    assert newest["created_at"] < newest["expires_at"]
    assert (oldest["id"], oldest["current"]) == (await session_of(here, before), False)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"x" * 10_000, "x" * 256),
        (b"curl\x1b[31m\x00\x7f", "curl?[31m??"),
        ("Küche".encode("latin-1"), "Küche"),
        (b"", ""),
    ],
)
async def test_a_user_agent_is_kept_as_far_as_it_can_be_shown(
    here: Service, sent: bytes, kept: str
) -> None:
    (only,) = await listed(here, await log_in_by(here, sent))

    assert only["user_agent"] == kept


async def test_a_session_tells_when_it_last_went_on(here: Service) -> None:
    issued = (await here.log_in("ada")).json()
    token = (await here.refresh(issued["refresh_token"])).json()["access_token"]

    (only,) = await listed(here, token)

    assert only["refreshed_at"] > only["created_at"]
    assert only["current"]


async def test_sessions_are_listed_by_pages(here: Service) -> None:
    tokens = [await here.token_of("ada") for _ in range(3)]
    opened = [await session_of(here, token) for token in tokens]

    first = (await here.get(f"{OWN}?limit=2", tokens[0])).json()
    second = (await here.get(f"{OWN}?limit=2&cursor={first['next_cursor']}", tokens[0])).json()

    assert [one["id"] for one in first["items"]] == [opened[2], opened[1]]
    assert [one["id"] for one in second["items"]] == [opened[0]]
    assert second["next_cursor"] is None


async def test_a_cursor_is_of_its_user_alone(here: Service, root: Keeper) -> None:
    for _ in range(2):
        await here.token_of("ada")
    cursor = (await here.get(f"{OF_ADA}?limit=1", root.token)).json()["next_cursor"]

    refused = [
        await here.get(f"{OWN}?cursor={cursor}", root.token),
        await here.get(f"{OF_ADA}?cursor=A{cursor}", root.token),
    ]

    assert [answer.json()["type"] for answer in refused] == ["/problems/invalid-cursor"] * 2
    assert (await here.get(f"{OF_ADA}?limit=0", root.token)).status_code == 422
    assert (await here.get(f"{OF_ADA}?limit=201", root.token)).status_code == 422


async def test_one_of_ones_own_is_ended_everywhere(here: Service, elsewhere: Service) -> None:
    mine, lost = await here.token_of("ada"), (await here.log_in("ada")).json()
    assert (await elsewhere.me(lost["access_token"])).is_success

    path = f"{OWN}/{await session_of(here, lost['access_token'])}"
    assert await end(here, mine, path) == 204

    assert (await here.me(lost["access_token"])).status_code == 401
    assert await answers(401, elsewhere, lost["access_token"])
    assert (await here.refresh(lost["refresh_token"])).status_code == 401
    assert (await here.me(mine)).is_success
    assert await end(here, mine, path) == 404
    assert len(await listed(here, mine)) == 1


async def test_all_others_of_ones_own_are_ended(here: Service, elsewhere: Service) -> None:
    mine, lost = await here.token_of("ada"), [await here.token_of("ada") for _ in range(3)]

    assert await end(here, mine, OWN) == 204

    for token in lost:
        assert await answers(401, elsewhere, token)
    assert (await elsewhere.me(mine)).is_success
    assert await end(here, mine, OWN) == 204
    assert await end(here, mine, f"{OWN}/{await session_of(here, mine)}") == 204
    assert (await here.me(mine)).status_code == 401


async def test_anothers_session_is_as_unknown_as_none(here: Service, engine: AsyncEngine) -> None:
    await given_user(engine, "eve", {"main": "admin"})
    ada, eve = await here.token_of("ada"), await here.token_of("eve")

    another = await here.http.delete(f"{OWN}/{await session_of(here, ada)}", headers=bearer(eve))
    nobodys = await here.http.delete(f"{OWN}/{uuid4()}", headers=bearer(eve))

    for answer in (another, nobodys):
        assert answer.status_code == 404
        assert answer.json()["type"] == "/problems/unknown-session"
        assert answer.json()["detail"] == another.json()["detail"]
    assert (await here.me(ada)).is_success
    assert [one["current"] for one in await listed(here, eve)] == [True]


async def test_what_has_expired_is_not_open(here: Service, engine: AsyncEngine) -> None:
    await here.token_of("ada")
    async with engine.begin() as connection:
        await connection.execute(text("update access.sessions set expires_at = now()"))
    mine = await here.token_of("ada")

    assert len(await listed(here, mine)) == 1


async def test_administrators_see_and_end_those_of_others(
    here: Service, elsewhere: Service, root: Keeper
) -> None:
    first, second = await here.token_of("ada"), await here.token_of("ada")

    assert {one["current"] for one in await listed(here, root.token, OF_ADA)} == {False}
    assert await end(here, root.token, f"{OF_ADA}/{await session_of(here, first)}") == 204
    assert await answers(401, elsewhere, first)
    assert (await elsewhere.me(second)).is_success
    assert await end(here, root.token, OF_ADA) == 204
    assert await answers(401, elsewhere, second)
    assert await listed(here, root.token, OF_ADA) == []
    assert (await here.me(root.token)).is_success


async def test_a_session_is_ended_under_its_own_user(here: Service, root: Keeper) -> None:
    ada = await here.token_of("ada")
    others = f"{OF_ADA.replace('ada', 'root')}/{await session_of(here, ada)}"

    assert await end(here, root.token, others) == 404
    assert (await here.me(ada)).is_success


async def test_clients_have_sessions_too(here: Service, root: Keeper) -> None:
    token = await token_of(here, (await root.given())["client_secret"])

    assert [one["current"] for one in await listed(here, token)] == [True]
    assert len(await listed(here, root.token, "/v1/users/robot/sessions")) == 1
    assert await end(here, root.token, "/v1/users/robot/sessions") == 204
    assert (await here.me(token)).status_code == 401


async def test_nobody_has_no_sessions(here: Service, root: Keeper) -> None:
    refused = [
        await root.asks("GET", "/v1/users/nobody/sessions"),
        await root.asks("DELETE", "/v1/users/nobody/sessions"),
    ]

    assert [answer.json()["type"] for answer in refused] == ["/problems/unknown-user"] * 2
    assert here


@pytest.mark.parametrize("roles", [{"main": "admin"}, {"*": "auditor"}, {}])
async def test_only_administrators_of_everything_see_those_of_others(
    here: Service, engine: AsyncEngine, roles: dict[str, Role]
) -> None:
    await given_user(engine, "eve", roles)
    eve, ada = await here.token_of("eve"), await here.token_of("ada")

    assert (await here.get(OF_ADA, eve)).status_code == 403
    assert await end(here, eve, OF_ADA) == 403
    assert await end(here, eve, f"{OF_ADA}/{await session_of(here, ada)}") == 403
    assert (await here.me(ada)).is_success
