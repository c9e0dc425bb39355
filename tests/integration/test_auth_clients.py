"""Machine clients come in by a secret, with a role, until they expire or somebody ends it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from httpx import Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Role
from tests.auth import PASSWORD, Service, answers, given_user
from tests.auth_clients import Keeper, granted, granted_by_basic, token_of

pytest_plugins = ("tests.auth_fixtures",)

WRITE = "/v1/catalogs/main/write"


@pytest.fixture
async def root(here: Service, engine: AsyncEngine) -> Keeper:
    await given_user(engine, "root", {"*": "admin"})
    return Keeper(here, await here.token_of("root"))


async def scalar(engine: AsyncEngine, query: str) -> object:
    async with engine.connect() as connection:
        return await connection.scalar(text(query))


async def test_a_client_gets_an_access_token_and_nothing_else(here: Service, root: Keeper) -> None:
    answer = await root.adds()
    assert answer.status_code == 201
    assert answer.headers["Location"] == "/v1/clients/robot"
    assert answer.headers["Cache-Control"] == "no-store"
    secret = answer.json()["client_secret"]
    assert re.fullmatch(r"catalog_client_[\w-]{43}", secret)

    issued = await granted(here, secret)

    assert issued.status_code == 200
    assert issued.headers["Cache-Control"] == "no-store"
    assert set(issued.json()) == {"access_token", "token_type", "expires_in"}
    assert issued.json()["expires_in"] == 600
    me = (await here.me(issued.json()["access_token"])).json()
    assert (me["username"], me["kind"], me["roles"]) == ("robot", "client", {"main": "editor"})
    assert (await here.get(WRITE, issued.json()["access_token"])).is_success
    assert (await here.me(await here.token_of("ada"))).json()["kind"] == "user"


async def test_a_client_may_send_its_secret_by_basic(here: Service, root: Keeper) -> None:
    client = await root.given(client_id="robot@example.org")

    answer = await granted_by_basic(here, client["client_secret"], "robot@example.org")

    assert answer.status_code == 200


async def test_a_secret_is_sent_once(here: Service, root: Keeper) -> None:
    secret = (await root.given())["client_secret"]

    answer = await granted_by_basic(here, secret, client_secret=secret)

    assert answer.status_code == 422
    assert secret not in answer.text


@pytest.mark.parametrize(
    "header", ["Basic", "Basic ?", "Basic w6k6w6k=", "Basic AAAA", "Basic Og=="]
)
async def test_what_is_no_pair_is_refused(here: Service, header: str) -> None:
    answer = await here.http.post(
        "/v1/auth/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": header},
    )

    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/invalid-credentials"
    assert answer.headers["WWW-Authenticate"] == 'Bearer, Basic realm="catalog"'


async def test_the_header_and_the_form_name_one_client(here: Service, root: Keeper) -> None:
    secret = (await root.given())["client_secret"]

    assert (await granted_by_basic(here, secret, client_id="robot")).status_code == 200
    assert (await granted_by_basic(here, secret, "ada", client_id="robot")).status_code == 401


async def test_clients_that_can_not_come_in_are_refused_alike(
    here: Service, root: Keeper, engine: AsyncEngine
) -> None:
    secret = (await root.given())["client_secret"]
    expired = await root.given(client_id="old", expires_at="2100-01-01T00:00:00Z")
    await root.asks("PATCH", "/v1/clients/old", {"expires_at": "2020-01-01T00:00:00Z"})

    given = [
        await granted(here, secret + "x"),
        await granted(here, secret[:-1]),
        await granted(here, "é"),
        await granted(here, secret, "nobody"),
        await granted(here, expired["client_secret"], "old"),
        await granted(here, PASSWORD, "ada"),
        await granted_by_basic(here, "wrong"),
        await here.log_in("robot", secret),
        await here.log_in("robot", ""),
    ]

    told = {
        (answer.status_code, answer.json()["type"], answer.json()["detail"])
        for answer in given[:-1]
    }
    assert len(told) == 1
    assert given[0].status_code == 401
    assert given[-1].status_code in {401, 422}
    assert (
        await scalar(engine, "select count(*) from access.sessions where username <> 'root'") == 0
    )


async def test_the_digest_is_stored_and_never_told(
    here: Service, root: Keeper, engine: AsyncEngine
) -> None:
    secret = (await root.given())["client_secret"]

    shown = (await root.asks("GET", "/v1/clients")).text
    digest = await scalar(engine, "select secret_digest from access.clients")

    assert digest == sha256(secret.encode()).digest()
    assert "secret" not in shown
    assert "digest" not in shown
    assert (
        await scalar(engine, "select password_hash from access.users where username = 'robot'")
        is None
    )
    assert here


async def test_no_client_is_shut_out_by_who_knows_its_name(here: Service, root: Keeper) -> None:
    secret = (await root.given())["client_secret"]

    assert [(await granted(here, "wrong")).status_code for _ in range(11)] == [401] * 11

    assert (await granted(here, secret)).status_code == 200


async def test_names_are_shared_with_users(here: Service, root: Keeper) -> None:
    await root.given()
    grace = {"username": "robot", "password": PASSWORD, "roles": {}}

    taken = [
        await root.adds(),
        await root.adds(client_id="ada"),
        await root.asks("POST", "/v1/users", grace),
    ]

    assert [answer.json()["type"] for answer in taken] == ["/problems/user-exists"] * 3
    assert (await here.log_in("ada")).status_code == 200


async def test_users_are_people(here: Service, root: Keeper) -> None:
    client = await root.given()

    listed = (await root.asks("GET", "/v1/users")).json()
    refused = [
        await root.asks("PATCH", "/v1/users/robot", {"password": PASSWORD}),
        await root.asks("PATCH", "/v1/users/robot", {"roles": {"*": "admin"}}),
        await root.asks("DELETE", "/v1/users/robot"),
    ]

    assert [user["username"] for user in listed["items"]] == ["ada", "root"]
    assert [answer.json()["type"] for answer in refused] == ["/problems/unknown-user"] * 3
    assert (await granted(here, client["client_secret"])).status_code == 200
    assert (await here.log_in("robot")).status_code == 401


async def test_clients_are_machines(root: Keeper) -> None:
    refused = [
        await root.asks("PATCH", "/v1/clients/ada", {"roles": {}}),
        await root.asks("POST", "/v1/clients/ada/secret"),
        await root.asks("DELETE", "/v1/clients/ada"),
    ]

    assert [answer.json()["type"] for answer in refused] == ["/problems/unknown-client"] * 3


async def test_a_client_is_no_administrator_to_count_on(here: Service, root: Keeper) -> None:
    secret = (await root.given(roles={"*": "admin"}))["client_secret"]
    robot = Keeper(here, await token_of(here, secret))

    refused = [
        await robot.asks("DELETE", "/v1/users/root"),
        await robot.asks("PATCH", "/v1/users/root", {"roles": {}}),
    ]

    assert [answer.json()["type"] for answer in refused] == ["/problems/last-administrator"] * 2
    assert (await robot.removes()).status_code == 204
    assert (await here.me(robot.token)).status_code == 401


async def test_clients_are_listed_by_pages(here: Service, root: Keeper) -> None:
    secret = (await root.given(expires_at="2100-01-01T00:00:00Z"))["client_secret"]
    await root.given(client_id="second")
    await granted(here, secret)

    first = (await root.asks("GET", "/v1/clients?limit=1")).json()
    second = (await root.asks("GET", f"/v1/clients?limit=1&cursor={first['next_cursor']}")).json()

    (robot,), (other,) = first["items"], second["items"]
    assert set(robot) == {
        "client_id", "roles", "created_by", "created_at", "expires_at", "last_used_at",
    }  # fmt: skip
    assert (robot["client_id"], robot["created_by"]) == ("robot", "root")
    assert robot["expires_at"] == "2100-01-01T00:00:00Z"
    assert robot["last_used_at"] >= robot["created_at"]
    assert (other["client_id"], other["expires_at"], other["last_used_at"]) == (
        "second",
        None,
        None,
    )
    assert second["next_cursor"] is None


async def test_the_last_use_is_kept_to_the_minute(
    here: Service, root: Keeper, engine: AsyncEngine
) -> None:
    secret = (await root.given())["client_secret"]
    used = "select last_used_at from access.clients"
    await granted(here, "wrong")
    assert await scalar(engine, used) is None

    await asyncio.gather(*(granted(here, secret) for _ in range(5)))
    first = await scalar(engine, used)
    await granted(here, secret)
    assert await scalar(engine, used) == first
    async with engine.begin() as connection:
        aged = "update access.clients set last_used_at = last_used_at - interval '61 s'"
        await connection.execute(text(aged))
    await granted(here, secret)

    assert await scalar(engine, used) > first  # type: ignore[operator]


async def test_a_new_secret_ends_the_old_one_and_its_sessions(
    here: Service, elsewhere: Service, root: Keeper
) -> None:
    old = (await root.given())["client_secret"]
    token = await token_of(here, old)
    assert (await elsewhere.me(token)).is_success

    answer = await root.renews()

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json()["client_secret"] != old
    assert (await here.me(token)).status_code == 401
    assert await answers(401, elsewhere, token)
    assert (await granted(here, old)).status_code == 401
    assert (await granted(here, answer.json()["client_secret"])).status_code == 200


async def test_what_is_changed_applies_to_living_sessions(
    here: Service, elsewhere: Service, root: Keeper
) -> None:
    token = await token_of(here, (await root.given())["client_secret"])
    assert (await elsewhere.get(WRITE, token)).is_success

    answer = await root.changes(roles={"main": "viewer"})

    assert (answer.status_code, answer.json()["roles"]) == (200, {"main": "viewer"})
    assert (await here.get(WRITE, token)).status_code == 403
    assert await answers(403, elsewhere, token, path=WRITE)


async def test_an_expired_client_is_out(here: Service, elsewhere: Service, root: Keeper) -> None:
    secret = (await root.given())["client_secret"]
    token = await token_of(here, secret)
    assert (await elsewhere.me(token)).is_success

    await root.changes(expires_at="2020-01-01T00:00:00+02:00")

    assert (await here.me(token)).status_code == 401
    assert await answers(401, elsewhere, token)
    assert (await granted(here, secret)).status_code == 401
    await root.changes(expires_at=None)
    assert (await granted(here, secret)).status_code == 200
    assert (await root.changes()).json()["expires_at"] is None


async def test_a_session_ends_no_later_than_its_client(
    here: Service, root: Keeper, engine: AsyncEngine
) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=100)
    secret = (await root.given(expires_at=soon.isoformat()))["client_secret"]

    issued = (await granted(here, secret)).json()

    assert issued["expires_in"] <= 100
    latest = "select max(expires_at) from access.sessions where username = 'robot'"
    assert await scalar(engine, latest) == soon


async def test_a_removed_client_is_out_at_once(
    here: Service, elsewhere: Service, root: Keeper
) -> None:
    secret = (await root.given())["client_secret"]
    token = await token_of(here, secret)
    assert (await elsewhere.me(token)).is_success

    assert (await root.removes()).status_code == 204

    assert await answers(401, elsewhere, token)
    assert (await granted(here, secret)).status_code == 401
    assert (await root.removes()).status_code == 404
    assert (await root.adds()).status_code == 201


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "Robot"},
        {"client_id": "nul\0"},
        {"client_id": 7},
        {"roles": {"main": "owner"}},
        {"roles": None},
        {"expires_at": 1_900_000_000},
        {"expires_at": "tomorrow"},
        {"expires_at": "2030-01-01"},
        {"expires_at": "9999-12-31T23:59:59-01:00"},
        {"expires_at": []},
        {"expires_at": "0001-01-01T00:00:00Z"},
        {"expires_at": "2020-01-01T00:00:00+02:00"},
        {"client_secret": "of my own choice"},
    ],
)
async def test_what_is_no_client_is_refused(root: Keeper, changed: dict[str, object]) -> None:
    assert (await root.adds(**changed)).status_code == 422


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
async def test_any_moment_may_become_the_last(root: Keeper, moment: str) -> None:
    await root.given(expires_at="9999-12-31T23:59:59Z")
    assert (await root.changes(expires_at=moment)).json()["expires_at"] == moment


@pytest.mark.parametrize("roles", [{"main": "admin"}, {"*": "editor"}, {}])
async def test_only_administrators_of_everything_keep_clients(
    here: Service, root: Keeper, engine: AsyncEngine, roles: dict[str, Role]
) -> None:
    await root.given()
    await given_user(engine, "eve", roles)
    eve = Keeper(here, await here.token_of("eve"))
    deeds: list[Callable[[], Awaitable[Response]]] = [
        eve.adds,
        lambda: eve.asks("GET", "/v1/clients"),
        lambda: eve.changes(roles={"*": "admin"}),
        eve.renews,
        eve.removes,
    ]

    assert [(await deed()).status_code for deed in deeds] == [403] * 5


@pytest.mark.parametrize("ending", [Keeper.renews, Keeper.removes])
async def test_who_comes_in_while_it_ends_is_out_with_it(
    here: Service,
    root: Keeper,
    engine: AsyncEngine,
    ending: Callable[[Keeper], Awaitable[Response]],
) -> None:
    secret = (await root.given())["client_secret"]

    given, ended = await asyncio.gather(
        asyncio.gather(*(granted(here, secret) for _ in range(8))), ending(root)
    )

    assert ended.is_success
    assert {answer.status_code for answer in given} <= {200, 401}
    living = "select count(*) from access.sessions where username = 'robot' and revoked_at is null"
    assert await scalar(engine, living) == 0
