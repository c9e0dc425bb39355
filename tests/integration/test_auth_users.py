"""Users and roles, kept by the administrators of all catalogs."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.accounts import users
from api.auth.entering.attempts import Attempt
from api.auth.roles import Role
from api.auth.staying import sessions
from events.database import driver, session
from tests.auth import PASSWORD, Service, answers, bearer, given_user

pytest_plugins = ("tests.auth_fixtures",)

GRACE = {"username": "grace", "password": PASSWORD, "roles": {"main": "viewer"}}


@pytest.fixture
async def root(here: Service, engine: AsyncEngine) -> str:
    await given_user(engine, "root", {"*": "admin"})
    return await here.token_of("root")


async def add(here: Service, token: str, user: Mapping[str, Any]) -> Response:
    headers = bearer(token) | {"Content-Type": "application/json"}
    return await here.http.post("/v1/users", content=json.dumps(user), headers=headers)


async def change(here: Service, token: str, username: str, wanted: object) -> Response:
    return await here.http.patch(f"/v1/users/{username}", json=wanted, headers=bearer(token))


async def remove(here: Service, token: str, username: str) -> Response:
    return await here.http.delete(f"/v1/users/{username}", headers=bearer(token))


async def test_a_new_user_may_log_in(here: Service, root: str) -> None:
    answer = await add(here, root, GRACE)

    assert answer.status_code == 201
    assert answer.headers["Location"] == "/v1/users/grace"
    assert set(answer.json()) == {"username", "roles", "created_at", "updated_at"}
    assert (await here.me(await here.token_of("grace"))).json()["roles"] == {"main": "viewer"}


async def test_a_name_is_taken_once(here: Service, root: str) -> None:
    given = await asyncio.gather(*(add(here, root, GRACE) for _ in range(4)))

    assert sorted(answer.status_code for answer in given) == [201, 409, 409, 409]
    taken = next(answer for answer in given if answer.status_code == 409)
    assert taken.json()["type"] == "/problems/user-exists"


@pytest.mark.parametrize(
    "changed",
    [
        {"username": "Grace"},
        {"username": ""},
        {"username": "g" * 65},
        {"username": "nul\0"},
        {"username": "\ud800"},
        {"username": 7},
        {"password": "short"},
        {"password": "x" * 73},
        {"password": "é" * 37},
        {"password": "nul \0 and more text"},
        {"password": "\ud800" * 12},
        {"password": None},
        {"roles": {"main": "owner"}},
        {"roles": {"Main": "viewer"}},
        {"roles": {"nul\0": "viewer"}},
        {"roles": {"**": "viewer"}},
        {"roles": ["admin"]},
        {"disabled": True},
    ],
)
async def test_what_is_no_user_is_refused(
    here: Service, root: str, changed: dict[str, object]
) -> None:
    answer = await add(here, root, GRACE | changed)

    assert answer.status_code == 422
    assert PASSWORD not in answer.text


@pytest.mark.parametrize("password", ["password12345", "grace.hopper1", "x" * 72])
async def test_a_password_that_is_guessed_soon_is_refused_and_says_why(
    here: Service, root: str, password: str
) -> None:
    user = GRACE | {"username": "grace.hopper", "password": password}
    given = [await add(here, root, user)]
    assert (await add(here, root, user | {"password": PASSWORD})).status_code == 201
    given.append(await change(here, root, "grace.hopper", {"password": password}))

    for answer in given:
        assert answer.status_code == 422
        assert answer.json()["type"] == "/problems/invalid-input"
        (fault,) = answer.json()["errors"]
        assert (fault["in"], fault["pointer"]) == ("body", "/password")
        assert "easy to guess" in fault["message"] or "similar to" in fault["message"]
        assert password not in answer.text
    assert (await here.log_in("grace.hopper")).status_code == 200


async def test_users_are_listed_by_pages(here: Service, root: str) -> None:
    first = (await here.get("/v1/users?limit=1", root)).json()
    second = (await here.get(f"/v1/users?limit=1&cursor={first['next_cursor']}", root)).json()

    assert [user["username"] for user in first["items"]] == ["ada"]
    assert [user["username"] for user in second["items"]] == ["root"]
    assert second["next_cursor"] is None
    assert "hash" not in str(first)


@pytest.mark.parametrize("roles", [{"main": "admin"}, {"*": "editor"}, {"*": "auditor"}, {}])
async def test_only_administrators_of_everything_keep_users(
    here: Service, engine: AsyncEngine, roles: dict[str, Role]
) -> None:
    await given_user(engine, "eve", roles)
    eve = await here.token_of("eve")

    given = [
        await add(here, eve, GRACE),
        await here.get("/v1/users", eve),
        await change(here, eve, "eve", {"roles": {"*": "admin"}}),
        await remove(here, eve, "ada"),
    ]

    assert [answer.status_code for answer in given] == [403] * 4
    assert (await here.http.get("/v1/users")).status_code == 401


async def test_a_changed_role_takes_effect_at_once(
    here: Service, elsewhere: Service, root: str
) -> None:
    ada = await here.token_of("ada")
    assert (await elsewhere.get("/v1/catalogs/main/write", ada)).status_code == 200

    answer = await change(here, root, "ada", {"roles": {"main": "viewer", "outlet": "editor"}})

    assert answer.json()["roles"] == {"main": "viewer", "outlet": "editor"}
    assert answer.json()["updated_at"] > answer.json()["created_at"]
    assert (await here.get("/v1/catalogs/main/write", ada)).status_code == 403
    assert await answers(403, elsewhere, ada, path="/v1/catalogs/main/write")
    assert (await here.get("/v1/catalogs/main/read", ada)).status_code == 200


async def test_a_new_password_ends_the_sessions(
    here: Service, elsewhere: Service, root: str
) -> None:
    issued = (await here.log_in("ada")).json()
    assert (await elsewhere.me(issued["access_token"])).status_code == 200

    answer = await change(here, root, "ada", {"password": "another long password"})

    assert answer.status_code == 200
    assert (await here.me(issued["access_token"])).status_code == 401
    assert await answers(401, elsewhere, issued["access_token"])
    assert (await here.refresh(issued["refresh_token"])).status_code == 401
    assert (await here.log_in("ada")).status_code == 401
    assert (await here.log_in("ada", "another long password")).status_code == 200


async def test_a_login_that_a_new_password_overtakes_opens_nothing(
    here: Service, engine: AsyncEngine
) -> None:
    assert here
    async with session(engine) as changing:
        compared = (await users.find_user(changing, "ada")).password_hash
        assert compared
        await users.set_password(changing, "ada", "another hash")
        overtaken = asyncio.create_task(begin(engine, compared))
        await asyncio.sleep(0.1)
        assert not overtaken.done()

    assert await overtaken is None


async def begin(engine: AsyncEngine, compared: str) -> object:
    async with driver(engine) as connection:
        return await sessions.begin(connection, Attempt("ada", ""), compared, timedelta(hours=1))


async def test_a_removed_user_is_out_at_once(here: Service, elsewhere: Service, root: str) -> None:
    ada = await here.token_of("ada")
    assert (await elsewhere.me(ada)).status_code == 200

    assert (await remove(here, root, "ada")).status_code == 204

    assert (await here.me(ada)).status_code == 401
    assert await answers(401, elsewhere, ada)
    assert (await here.log_in("ada")).status_code == 401


async def test_an_empty_change_changes_nothing(here: Service, root: str) -> None:
    ada = await here.token_of("ada")

    answer = await change(here, root, "ada", {})

    assert answer.json()["roles"] == {"main": "editor"}
    assert (await here.me(ada)).status_code == 200


async def test_who_is_unknown_can_not_be_changed(here: Service, root: str) -> None:
    given = [
        await change(here, root, "nobody", {"roles": {}}),
        await change(here, root, "nobody", {"password": PASSWORD}),
        await remove(here, root, "nobody"),
    ]

    assert [answer.json()["type"] for answer in given] == ["/problems/unknown-user"] * 3


async def test_the_last_administrator_stays(here: Service, root: str) -> None:
    given = [
        await remove(here, root, "root"),
        await change(here, root, "root", {"roles": {"main": "admin"}}),
    ]

    assert [answer.status_code for answer in given] == [409, 409]
    assert given[0].json()["type"] == "/problems/last-administrator"
    assert (await change(here, root, "root", {"roles": {"*": "admin"}})).status_code == 200


async def test_two_administrators_can_not_leave_at_once(
    here: Service, engine: AsyncEngine, root: str
) -> None:
    await given_user(engine, "second", {"*": "admin"})
    second = await here.token_of("second")

    given = await asyncio.gather(
        remove(here, root, "root"), change(here, second, "second", {"roles": {}})
    )

    assert sorted(answer.status_code for answer in given) in ([200, 409], [204, 409])


async def test_passwords_and_tokens_are_stored_as_digests(
    here: Service, engine: AsyncEngine
) -> None:
    issued = (await here.log_in("ada")).json()

    async with engine.connect() as connection:
        known = (await connection.execute(text("select * from access.users"))).all()
        opened = (await connection.execute(text("select * from access.sessions"))).all()

    assert PASSWORD not in str(known)
    assert issued["refresh_token"].split(".")[1] not in str(opened)
