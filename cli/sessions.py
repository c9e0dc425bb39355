"""`catalog users sessions` and `logout`: open sessions, looked at and ended."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer
from pydantic import TypeAdapter

from api.auth.staying import open_sessions
from api.auth.staying.session_messages import SessionView
from api.settings import Settings
from cli.access import Json, announce_ended, database_of
from cli.environment import read
from cli.tables import minute, print_table

Name = Annotated[
    str, typer.Argument(envvar="CATALOG_USERNAME", help="A user's or a machine client's.")
]
SessionId = Annotated[
    UUID | None,
    typer.Argument(envvar="CATALOG_SESSION_ID", help="As `sessions` lists it; else all of them."),
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
    print_table(("Session", "Opened", "Went on", "Until", "From", "By"), [*map(_row, found)])


def end(username: Name, session_id: SessionId = None) -> None:
    """End one session of a user, or all of them."""
    asyncio.run(_end(read(Settings), username, session_id))


def _row(one: SessionView) -> tuple[str, ...]:
    moments = (one.created_at, one.refreshed_at, one.expires_at)
    return (str(one.id), *map(minute, moments), one.address or "", one.user_agent or "")


async def _list(settings: Settings, username: str, limit: int) -> list[SessionView]:
    async with database_of(settings) as database:
        await open_sessions.require_user(database, username)
        found, _ = await open_sessions.page(database, username, limit=limit, after=None)
        return [SessionView.of(each) for each in found]


async def _end(settings: Settings, username: str, session_id: UUID | None) -> None:
    async with database_of(settings) as database:
        await open_sessions.require_user(database, username)
        if session_id:
            await open_sessions.end_one(database, username, session_id)
            ended = [session_id]
        else:
            ended = await open_sessions.end_all(database, username)
    await announce_ended(settings, ended)
