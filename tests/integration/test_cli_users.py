import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.accounts import users
from api.auth.entering.attempts import Attempt
from api.auth.signing.tokens import accepted_seconds
from api.auth.staying import sessions
from api.settings import Settings
from events.database import driver, session
from tests.auth import given_user
from tests.command import Catalog, catalog_command

PASSWORD = "correct horse battery"

type Roles = Callable[[], dict[str, dict[str, str]]]


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str) -> Catalog:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    monkeypatch.setenv("CATALOG_REDIS_URL", redis_url)
    monkeypatch.setenv("CATALOG_BCRYPT_ROUNDS", "4")
    monkeypatch.delenv("CATALOG_PASSWORD", raising=False)
    return catalog_command(monkeypatch)


@pytest.fixture
def roles(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> Roles:
    """Each user's, as `users list --json` tells them."""

    def listed() -> dict[str, dict[str, str]]:
        capsys.readouterr()
        assert catalog("users", "list", "--json") == 0
        return {user["username"]: user["roles"] for user in json.loads(capsys.readouterr().out)}

    return listed


def _add(catalog: Catalog, username: str, *roles: str, password: str = PASSWORD) -> int:
    given = [part for role in roles for part in ("--role", role)]
    return catalog("users", "add", username, *given, "--password-stdin", typed=f"{password}\n")


def test_a_user_is_added_with_roles_everywhere_or_in_a_catalog(
    catalog: Catalog, roles: Roles
) -> None:
    assert _add(catalog, "ann", "viewer", "main=editor") == 0
    assert roles() == {"ann": {"*": "viewer", "main": "editor"}}


def test_a_password_may_come_from_the_environment(
    catalog: Catalog, roles: Roles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATALOG_PASSWORD", PASSWORD)
    assert catalog("users", "add", "ann", "--role", "viewer") == 0
    assert list(roles()) == ["ann"]


@pytest.mark.parametrize(
    ("username", "role", "password", "told"),
    [
        ("ann", "king", PASSWORD, "king is no role"),
        ("ann", "viewer", "short", "password: "),
        ("ann", "viewer", "password12345", "password: This is similar to a commonly used password"),
        ("Ann!", "viewer", PASSWORD, "username: "),
    ],
)
def test_what_is_no_user_is_told_on_one_line(
    catalog: Catalog,
    roles: Roles,
    capsys: pytest.CaptureFixture[str],
    username: str,
    role: str,
    password: str,
    told: str,
) -> None:
    assert _add(catalog, username, role, password=password) == 1
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert password not in error
    assert roles() == {}


def test_nobody_is_asked_for_a_password_where_nobody_can_type(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    assert catalog("users", "add", "ann", "--role", "viewer") == 1
    assert "--password-stdin" in capsys.readouterr().err


def test_a_name_is_taken_once(catalog: Catalog, capsys: pytest.CaptureFixture[str]) -> None:
    assert _add(catalog, "ann", "viewer") == 0
    assert _add(catalog, "ann", "viewer") == 1
    assert "exists already" in capsys.readouterr().err


def test_a_user_is_removed(catalog: Catalog, roles: Roles) -> None:
    _add(catalog, "root", "admin")
    _add(catalog, "ann", "viewer")
    assert catalog("users", "remove", "ann") == 0
    assert list(roles()) == ["root"]


def test_the_last_administrator_stays(catalog: Catalog, roles: Roles) -> None:
    _add(catalog, "root", "admin")
    assert catalog("users", "remove", "root") == 1
    assert list(roles()) == ["root"]


@pytest.mark.parametrize("command", ["passwd", "remove"])
def test_an_unknown_user_is_told(
    catalog: Catalog, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    password = ["--password-stdin"] if command == "passwd" else []
    assert catalog("users", command, "nobody", *password, typed=PASSWORD) == 1
    assert capsys.readouterr().err == "catalog: There is no such user.\n"


def test_migrate_makes_the_first_administrator_and_no_second(
    catalog: Catalog, roles: Roles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATALOG_ADMIN_PASSWORD", PASSWORD)
    for name in ("first", "second"):
        monkeypatch.setenv("CATALOG_ADMIN_USERNAME", name)
        assert catalog("migrate") == 0
    assert roles() == {"first": {"*": "admin"}}


def test_a_new_password_that_is_guessed_soon_is_refused(
    catalog: Catalog, capsys: pytest.CaptureFixture[str]
) -> None:
    _add(catalog, "ann", "viewer")
    assert catalog("users", "passwd", "ann", "--password-stdin", typed="123456789012\n") == 1
    assert "password: " in capsys.readouterr().err


def test_the_first_administrator_has_no_password_that_is_guessed_soon(
    catalog: Catalog,
    roles: Roles,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CATALOG_ADMIN_PASSWORD", "password12345")
    assert catalog("migrate") == 1
    assert "password: " in capsys.readouterr().err
    assert roles() == {}


def test_a_migration_does_not_mind_what_the_first_password_was(
    catalog: Catalog, roles: Roles, monkeypatch: pytest.MonkeyPatch
) -> None:
    _add(catalog, "root", "admin")
    monkeypatch.setenv("CATALOG_ADMIN_PASSWORD", "password12345")
    assert catalog("migrate") == 0
    assert list(roles()) == ["root"]


async def test_the_first_administrator_is_hashed_as_the_setting_says(
    catalog: Catalog, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CATALOG_ADMIN_PASSWORD", PASSWORD)
    assert await asyncio.to_thread(catalog, "migrate") == 0
    async with session(engine) as database:
        user = await users.find_user(database, "admin")
    assert user.password_hash
    assert user.password_hash.startswith("$2b$04$")


async def test_a_new_password_ends_sessions_for_as_long_as_their_tokens_are_accepted(
    catalog: Catalog, settings: Settings, engine: AsyncEngine, redis_url: str
) -> None:
    await given_user(engine, "ann", {"main": "viewer"})
    async with session(engine) as database:
        user = await users.find_user(database, "ann")
        assert user.password_hash
        attempt = Attempt("ann", "")
    async with driver(engine) as connection:
        begun = await sessions.begin(connection, attempt, user.password_hash, timedelta(hours=1))
    assert begun
    typed = f"{PASSWORD}\n"
    command = ("users", "passwd", "ann", "--password-stdin")
    began = monotonic()
    assert await asyncio.to_thread(catalog, *command, typed=typed) == 0
    async with Redis.from_url(redis_url) as redis:
        remaining = await redis.pttl(f"access:session:{begun.refresh.session_id}")
    passed = monotonic() - began
    assert remaining / 1000 + passed >= accepted_seconds(settings)
