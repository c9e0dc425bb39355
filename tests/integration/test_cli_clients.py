"""Machine clients and sessions, as whoever has the database's address keeps them."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.auth import Service, answers, given_user
from tests.auth_clients import granted, token_of
from tests.command import Catalog, catalog_command

pytest_plugins = ("tests.auth_fixtures",)


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str) -> Catalog:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    monkeypatch.setenv("CATALOG_REDIS_URL", redis_url)
    return catalog_command(monkeypatch)


class Printed:
    """What a command printed, run beside the services of the test."""

    def __init__(self, catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
        self._catalog = catalog
        self._capsys = capsys

    async def __call__(self, *arguments: str) -> str:
        self._capsys.readouterr()
        assert await asyncio.to_thread(self._catalog, *arguments) == 0
        return self._capsys.readouterr().out.strip()

    async def json(self, *arguments: str) -> Any:  # noqa: ANN401 -- any JSON document
        return json.loads(await self(*arguments, "--json"))


@pytest.fixture
def printed(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> Printed:
    return Printed(catalog, capsys)


async def test_a_client_is_added_and_its_secret_printed_alone(
    here: Service, printed: Printed
) -> None:
    secret = await printed("clients", "add", "robot", "--role", "main=editor")

    assert (await granted(here, secret)).status_code == 200


async def test_clients_are_listed_without_secrets(here: Service, printed: Printed) -> None:
    expiring = ("--expires-at", "2100-01-01")
    added = await printed.json("clients", "add", "robot", "--role", "viewer", *expiring)
    await granted(here, added["client_secret"])

    (listed,) = await printed.json("clients", "list")

    assert listed["roles"] == {"*": "viewer"}
    assert listed["created_by"].startswith("cli:")
    assert listed["expires_at"] == "2100-01-01T00:00:00Z"
    assert listed["last_used_at"]
    assert added["client_secret"] not in str(listed)
    assert "robot" in await printed("clients", "list")


async def test_a_secret_is_renewed(here: Service, printed: Printed) -> None:
    old = await printed("clients", "add", "robot", "--role", "viewer")
    token = await token_of(here, old)

    new = await printed("clients", "renew", "robot")

    assert await answers(401, here, token)
    assert (await granted(here, old)).status_code == 401
    assert (await granted(here, new)).status_code == 200


async def test_a_client_is_removed(here: Service, printed: Printed) -> None:
    secret = await printed("clients", "add", "robot", "--role", "viewer")
    token = await token_of(here, secret)

    await printed("clients", "remove", "robot")

    assert await answers(401, here, token)
    assert await printed.json("clients", "list") == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("clients", "add", "Robot!", "--role", "viewer"), "client_id: "),
        (("clients", "add", "robot", "--role", "Main=viewer"), "roles: "),
        (("clients", "add", "robot", "--role", "king"), "king is no role"),
        (("clients", "add", "ada", "--role", "viewer"), "exists already"),
        (
            ("clients", "add", "robot", "--role", "viewer", "--expires-at", "2020-01-01"),
            "expires_at: this moment is over",
        ),
        (("clients", "renew", "ada"), "There is no such machine client."),
        (("clients", "remove", "nobody"), "There is no such machine client."),
        (("users", "remove", "robot"), "There is no such user."),
        (("users", "sessions", "nobody"), "There is no such user."),
        (("users", "logout", "nobody"), "There is no such user."),
        (("users", "logout", "ada", str(UUID(int=0))), "There is no such session"),
    ],
)
async def test_what_can_not_be_done_is_told_on_one_line(
    here: Service,
    catalog: Catalog,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    told: str,
) -> None:
    assert here
    assert await asyncio.to_thread(catalog, *arguments) == 1

    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


async def test_open_sessions_are_listed_and_ended(
    here: Service, elsewhere: Service, engine: AsyncEngine, printed: Printed
) -> None:
    await given_user(engine, "eve", {"main": "viewer"})
    tokens = [await here.token_of("ada") for _ in range(3)]
    eve = await here.token_of("eve")
    opened = [(await elsewhere.me(token)).json()["session_id"] for token in tokens]

    listed = await printed.json("users", "sessions", "ada")
    assert [one["id"] for one in listed] == opened[::-1]
    assert "current" not in listed[0]
    assert len(await printed.json("users", "sessions", "ada", "--limit", "2")) == 2
    shown = await printed("users", "sessions", "ada")
    assert "127.0.0.1" in shown
    assert all(session_id in shown for session_id in opened)

    await printed("users", "logout", "ada", opened[1])
    assert await answers(401, elsewhere, tokens[1])
    assert [one["id"] for one in await printed.json("users", "sessions", "ada")] == [
        opened[2],
        opened[0],
    ]

    await printed("users", "logout", "ada")

    for token in tokens:
        assert await answers(401, elsewhere, token)
    assert (await here.me(eve)).is_success
    assert await printed.json("users", "sessions", "ada") == []
