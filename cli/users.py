"""Users, as whoever has the database's address manages them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, get_args
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth import users
from api.auth.gate import noticing
from api.auth.messages import NewUser, UserView
from api.auth.passwords import Passwords
from api.auth.roles import EVERYWHERE, Role
from api.settings import Settings
from cli.environment import read
from cli.errors import InvalidUser, NoPassword, NoSuchRole
from events.circuit import redis_circuit
from events.database import pool, session
from events.nudge import connect

app = typer.Typer(no_args_is_help=True, help="Add, list and remove users, and set passwords.")

Name = Annotated[str, typer.Argument(envvar="CATALOG_USERNAME")]
Piped = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        envvar="CATALOG_PASSWORD_STDIN",
        help="Read the password from standard input; else from CATALOG_PASSWORD or a prompt.",
    ),
]
Grants = Annotated[
    list[str],
    typer.Option(
        "--role",
        envvar="CATALOG_ROLES",
        help="viewer, editor, auditor or admin of all catalogs, or CATALOG=ROLE; repeatable.",
    ),
]
Json = Annotated[bool, typer.Option("--json", envvar="CATALOG_JSON", help="Print JSON.")]


@app.command()
def add(username: Name, role: Grants, password_stdin: Piped = False) -> None:  # noqa: FBT002
    """Add a user."""
    roles = _roles(role)
    user = new_user(username, _password(piped=password_stdin), roles)
    asyncio.run(_add(read(Settings), user))


@app.command("list")
def show(json: Json = False) -> None:  # noqa: FBT002
    """List the users and their roles."""
    found = asyncio.run(_list(read(Settings)))
    if json:
        typer.echo(TypeAdapter(list[UserView]).dump_json(found, indent=2).decode())
        return
    table = Table("User", "Roles", "Since")
    for user in found:
        roles = ", ".join(f"{catalog}={role}" for catalog, role in user.roles.items())
        table.add_row(user.username, roles, f"{user.created_at:%Y-%m-%d}")
    Console().print(table)


@app.command()
def passwd(username: Name, password_stdin: Piped = False) -> None:  # noqa: FBT002
    """Set a user's password, and end the user's sessions."""
    user = new_user(username, _password(piped=password_stdin), {})
    asyncio.run(_set_password(read(Settings), user))


@app.command()
def remove(username: Name) -> None:
    """Remove a user, and end the user's sessions."""
    asyncio.run(_remove(read(Settings), username))


def new_user(username: str, password: str, roles: dict[str, Role]) -> NewUser:
    try:
        return NewUser(username=username, password=password, roles=roles)
    except ValidationError as error:
        faults = (f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
        raise InvalidUser(faults) from None


def _password(*, piped: bool) -> str:
    if piped:
        return sys.stdin.readline().rstrip("\n")
    if given := os.environ.get("CATALOG_PASSWORD"):
        return given
    if not sys.stdin.isatty():
        raise NoPassword
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _roles(grants: list[str]) -> dict[str, Role]:
    return dict(_granted(grant) for grant in grants)


def _granted(grant: str) -> tuple[str, Role]:
    catalog, _, role = grant.rpartition("=")
    for known in get_args(Role.__value__):
        if role == known:
            return catalog or EVERYWHERE, known
    raise NoSuchRole(grant)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[AsyncSession]:
    url = settings.database_url.get_secret_value()
    async with pool(url, application="catalog-users") as engine, session(engine) as database:
        yield database


async def _add(settings: Settings, user: NewUser) -> None:
    hashed = await Passwords(settings.bcrypt_rounds).hashed(user.password)
    async with _database(settings) as database:
        await users.add_user(database, user.username, hashed, user.roles)


async def _list(settings: Settings) -> list[UserView]:
    async with _database(settings) as database:
        return [UserView.model_validate(user) for user in await users.list_users(database)]


async def _set_password(settings: Settings, user: NewUser) -> None:
    hashed = await Passwords(settings.bcrypt_rounds).hashed(user.password)
    async with _database(settings) as database:
        ended = await users.set_password(database, user.username, hashed)
    await _announce(settings, ended)


async def _remove(settings: Settings, username: str) -> None:
    async with _database(settings) as database:
        ended = await users.remove_user(database, username)
    await _announce(settings, ended)


async def _announce(settings: Settings, ended: list[UUID]) -> None:
    """To the processes of the API, which else would believe in the sessions a while longer."""
    async with connect(settings.redis_url.get_secret_value()) as redis:
        await noticing(settings, redis, redis_circuit()).ended(*ended)
