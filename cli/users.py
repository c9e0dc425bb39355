"""Users, as whoever has the database's address manages them."""

import asyncio
import os
import sys
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from api.auth.accounts import users
from api.auth.entering.passwords import Passwords
from api.auth.entering.strength import weakness
from api.auth.messages import NewUser, UserView
from api.auth.roles import Role
from api.settings import Settings
from cli import sessions
from cli.access import Grants, Json, announce_ended, database_of, listed, roles_of
from cli.environment import read
from cli.errors import InvalidUser, NoPassword
from cli.tables import minute, print_table

app = typer.Typer(
    no_args_is_help=True, help="Add, list and remove users; set passwords, end sessions."
)
app.command("sessions")(sessions.show)
app.command("logout")(sessions.end)

Name = Annotated[str, typer.Argument(envvar="CATALOG_USERNAME")]
Piped = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        envvar="CATALOG_PASSWORD_STDIN",
        help="Read the password from standard input; else from CATALOG_PASSWORD or a prompt.",
    ),
]


@app.command()
def add(username: Name, role: Grants, password_stdin: Piped = False) -> None:  # noqa: FBT002
    """Add a user."""
    roles = roles_of(role)
    user = refuse_guessable(new_user(username, _password(piped=password_stdin), roles))
    asyncio.run(_add(read(Settings), user))


@app.command("list")
def show(json: Json = False) -> None:  # noqa: FBT002
    """List the users and their roles."""
    found = asyncio.run(_list(read(Settings)))
    if json:
        typer.echo(TypeAdapter(list[UserView]).dump_json(found, indent=2).decode())
        return
    rows = [(each.username, listed(each.roles), minute(each.created_at)) for each in found]
    print_table(("User", "Roles", "Since"), rows)


@app.command()
def passwd(username: Name, password_stdin: Piped = False) -> None:  # noqa: FBT002
    """Set a user's password, and end the user's sessions."""
    user = refuse_guessable(new_user(username, _password(piped=password_stdin), {}))
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


def refuse_guessable(user: NewUser) -> NewUser:
    if why := weakness(user.password, user.username):
        raise InvalidUser([f"password: {why}"])
    return user


def _password(*, piped: bool) -> str:
    if piped:
        return sys.stdin.readline().rstrip("\n")
    if given := os.environ.get("CATALOG_PASSWORD"):
        return given
    if not sys.stdin.isatty():
        raise NoPassword
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


async def _add(settings: Settings, user: NewUser) -> None:
    hashed = await Passwords(settings.bcrypt_rounds).hashed(user.password)
    async with database_of(settings) as database:
        await users.add_user(database, user.username, hashed, user.roles)


async def _list(settings: Settings) -> list[UserView]:
    async with database_of(settings) as database:
        return [UserView.model_validate(user) for user in await users.list_users(database)]


async def _set_password(settings: Settings, user: NewUser) -> None:
    hashed = await Passwords(settings.bcrypt_rounds).hashed(user.password)
    async with database_of(settings) as database:
        ended = await users.set_password(database, user.username, hashed)
    await announce_ended(settings, ended)


async def _remove(settings: Settings, username: str) -> None:
    async with database_of(settings) as database:
        ended = await users.remove_user(database, username)
    await announce_ended(settings, ended)
