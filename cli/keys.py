"""`catalog keys`: the keys that sign access tokens, and how one follows another (ADR 18)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Annotated

import msgspec
import typer

from api.auth.signing.keys import KEPT_SECONDS
from api.auth.signing.rotation import ListedKey, list_keys, replace, rotate
from cli.environment import Database, read
from cli.errors import KeyWaits
from cli.tables import print_table, second
from events.database import Connection, driver, pool

OVERLAP_SECONDS = 120
SHORTEST_OVERLAP_SECONDS = 60 + 2 * int(KEPT_SECONDS)
"""Caches keep the published keys for a minute, and processes those that they have read."""

type Change = Callable[[Connection], Awaitable[None]]

app = typer.Typer(no_args_is_help=True, help="List the keys that sign access tokens, rotate them.")

Json = Annotated[bool, typer.Option("--json", envvar="CATALOG_JSON", help="Print JSON.")]
Overlap = Annotated[
    int,
    typer.Option(
        envvar="CATALOG_KEYS_OVERLAP",
        min=SHORTEST_OVERLAP_SECONDS,
        max=7 * 86_400,
        metavar="SECONDS",
        help="How long the next key is published before it signs.",
    ),
]
Now = Annotated[
    bool,
    typer.Option(
        "--now",
        envvar="CATALOG_KEYS_NOW",
        help="A key has leaked: no token of any key there is counts any more, and a new one signs.",
    ),
]


@app.command("list")
def show(json: Json = False) -> None:  # noqa: FBT002
    """List the keys, the newest first: next, signs, retires (verifies still) or retired."""
    _print(asyncio.run(_listed()), as_json=json)


@app.command("rotate")
def follow(
    overlap: Overlap = OVERLAP_SECONDS,
    now: Now = False,  # noqa: FBT002
    json: Json = False,  # noqa: FBT002
) -> None:
    """Publish a key that signs when the overlap is over; the one before verifies what it signed."""
    change = replace if now else partial(_rotate, overlap=timedelta(seconds=overlap))
    _print(asyncio.run(_listed(change)), as_json=json)


async def _rotate(connection: Connection, overlap: timedelta) -> None:
    if not await rotate(connection, overlap):
        raise KeyWaits


async def _listed(change: Change | None = None) -> Sequence[ListedKey]:
    url = read(Database).database_url.get_secret_value()
    async with pool(url, application="catalog-keys") as engine, driver(engine) as connection:
        if change:
            await change(connection)
        return await list_keys(connection)


def _print(keys: Sequence[ListedKey], *, as_json: bool) -> None:
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(keys), indent=2))
        return
    print_table(
        ("Key", "State", "Since", "Signs from", "until", "Verifies until"), [*map(_row, keys)]
    )


def _row(key: ListedKey) -> tuple[str, ...]:
    moments = (key.since, key.signs_from, key.signs_until, key.verifies_until)
    return (key.kid, key.state, *map(second, moments))
