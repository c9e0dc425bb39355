"""Machine clients, as whoever has the database's address keeps them."""

import asyncio
from datetime import datetime
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from api.auth.accounts import clients
from api.auth.accounts.client_messages import ClientView, ClientWithSecret, NewClient
from api.auth.roles import Role
from api.settings import Settings
from cli.access import Grants, Json, announce_ended, database_of, listed, roles_of
from cli.environment import actor, read
from cli.errors import InvalidClient
from cli.places import MOMENT, moment
from cli.tables import minute, print_table

app = typer.Typer(no_args_is_help=True, help="Add, list and remove machine clients.")

ClientId = Annotated[str, typer.Argument(envvar="CATALOG_CLIENT_ID")]
ExpiresAt = Annotated[
    datetime | None,
    typer.Option(
        envvar="CATALOG_EXPIRES_AT",
        parser=moment,
        metavar=MOMENT,
        help="When it is of no use any more: 2030-01-20T12:00:00Z, or a date. Else never.",
    ),
]


@app.command()
def add(
    client_id: ClientId,
    role: Grants,
    expires_at: ExpiresAt = None,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Add a machine client, and print its secret, which nothing tells again."""
    new = _new_client(client_id, roles_of(role), expires_at)
    added = asyncio.run(_add(read(Settings), new))
    _print_secret(added, as_json=json)


@app.command("list")
def show(json: Json = False) -> None:  # noqa: FBT002
    """List the machine clients, their roles, and when each was last given a token."""
    found = asyncio.run(_list(read(Settings)))
    if json:
        typer.echo(TypeAdapter(list[ClientView]).dump_json(found, indent=2).decode())
        return
    print_table(("Client", "Roles", "Added", "By", "Expires", "Last used"), [*map(_row, found)])


@app.command()
def renew(client_id: ClientId, json: Json = False) -> None:  # noqa: FBT002
    """Print a new secret; the old one is of no use from now on, nor is any token it has got."""
    _print_secret(asyncio.run(_renew(read(Settings), client_id)), as_json=json)


@app.command()
def remove(client_id: ClientId) -> None:
    """Remove a machine client, and end its sessions."""
    asyncio.run(_remove(read(Settings), client_id))


def _new_client(client_id: str, roles: dict[str, Role], expires_at: datetime | None) -> NewClient:
    expiry = expires_at and expires_at.isoformat()
    try:
        return NewClient.model_validate(
            {"client_id": client_id, "roles": roles, "expires_at": expiry}
        )
    except ValidationError as error:
        faults = (
            f"{fault['loc'][0]}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        raise InvalidClient(faults) from None


def _print_secret(client: ClientWithSecret, *, as_json: bool) -> None:
    """Alone on its line, so that a script can take it."""
    typer.echo(client.model_dump_json(indent=2) if as_json else client.client_secret)


def _row(client: ClientView) -> tuple[str, ...]:
    added = (minute(client.created_at), client.created_by)
    moments = (minute(client.expires_at), minute(client.last_used_at))
    return (client.client_id, listed(client.roles), *added, *moments)


async def _add(settings: Settings, new: NewClient) -> ClientWithSecret:
    async with database_of(settings) as database:
        added = await clients.add_client(
            database, new.client_id, new.roles, new.expires_at, by=actor()
        )
    return ClientWithSecret.of(*added)


async def _list(settings: Settings) -> list[ClientView]:
    async with database_of(settings) as database:
        return [ClientView.model_validate(each) for each in await clients.list_clients(database)]


async def _renew(settings: Settings, client_id: str) -> ClientWithSecret:
    async with database_of(settings) as database:
        client = await clients.find_client(database, client_id)
        secret, ended = await clients.renew_secret(database, client)
    await announce_ended(settings, ended)
    return ClientWithSecret.of(client, secret)


async def _remove(settings: Settings, client_id: str) -> None:
    async with database_of(settings) as database:
        client = await clients.find_client(database, client_id)
        ended = await clients.remove_client(database, client)
    await announce_ended(settings, ended)
