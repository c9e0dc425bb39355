"""`catalog users sessions` and `logout`: open sessions, looked at and ended."""

import asyncio
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from api.auth import open_sessions
from api.auth.session_messages import SessionView
from api.settings import Settings
from cli.access import Json, announce_ended, database_of
from cli.environment import read

Name = Annotated[
    str, typer.Argument(envvar="CATALOG_USERNAME", help="A user's or a machine client's.")
]
Limit = Annotated[
    int, typer.Option(envvar="CATALOG_LIMIT", min=1, max=10_000, help="So many at most.")
]


def show(username: Name, limit: Limit = 200, json: Json = False) -> None:  # noqa: FBT002
    """List the open sessions of a user, the newest first."""
    found = asyncio.run(_list(read(Settings), username, limit))
    if json:
        adapter, left_out = TypeAdapter(list[SessionView]), {"__all__": {"current"}}
        typer.echo(adapter.dump_json(found, indent=2, exclude=left_out).decode())
        return
    table = Table("Session", "Opened", "Went on", "Until", "From", "By")
    for each in found:
        moments = (each.created_at, each.refreshed_at, each.expires_at)
        told = (f"{moment:%Y-%m-%d %H:%M}" for moment in moments)
        table.add_row(str(each.id), *told, each.address or "", each.user_agent or "")
    Console().print(table)


def end_all(username: Name) -> None:
    """End all sessions of a user."""
    asyncio.run(_end_all(read(Settings), username))


async def _list(settings: Settings, username: str, limit: int) -> list[SessionView]:
    async with database_of(settings) as database:
        await open_sessions.require_user(database, username)
        found, _ = await open_sessions.page(database, username, limit=limit, after=None)
        return [SessionView.of(each) for each in found]


async def _end_all(settings: Settings, username: str) -> None:
    async with database_of(settings) as database:
        await open_sessions.require_user(database, username)
        ended = await open_sessions.end_all(database, username)
    await announce_ended(settings, ended)
