"""What an operator asks of an installation."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.environment import Database, read
from events.database import driver, pool
from projections.parking import Parked, read_parked
from projections.projector import Progress, read_progress

HEADINGS = ("Catalog", "Generation", "Checkpoint", "Head", "Lag, events", "Lag, seconds", "Parked")
PARKED_HEADINGS = ("Catalog", "Parked product", "Before position", "Reason")

type Standing = tuple[Progress, Sequence[Parked]]
"""How far a catalog has come, and what stands still in it."""


def projections(
    as_json: Annotated[  # noqa: FBT002 -- Typer makes --json of it
        bool, typer.Option("--json", envvar="CATALOG_JSON", help="A JSON document a catalog.")
    ] = False,
) -> None:
    """Show how far each catalog's log has been applied to what is read, and what stands still."""
    standings = asyncio.run(_read(read(Database).database_url.get_secret_value()))
    if as_json:
        for standing in standings:
            typer.echo(msgspec.json.encode(_document(*standing)))
        return
    console = Console()
    console.print(_table([progress for progress, _ in standings]))
    if any(parked for _, parked in standings):
        console.print(_parked_table(standings))


async def _read(url: str) -> list[Standing]:
    async with pool(url, application="catalog-operate") as engine, driver(engine) as connection:
        return [
            (each, await read_parked(connection, each.catalog, each.generation))
            for each in await read_progress(connection)
        ]


def _document(progress: Progress, parked: Sequence[Parked]) -> dict[str, object]:
    told = {"lag_events": progress.lag_events, "parked_streams": [*map(asdict, parked)]}
    return asdict(progress) | told


def _table(progress: Sequence[Progress]) -> Table:
    table = Table(*HEADINGS)
    for each in progress:
        numbers = (each.generation, each.checkpoint, each.head, each.lag_events)
        lag = f"{each.lag_seconds:.1f}"
        table.add_row(each.catalog, *map(str, numbers), lag, str(each.parked))
    return table


def _parked_table(standings: Sequence[Standing]) -> Table:
    table = Table(*PARKED_HEADINGS)
    for progress, parked in standings:
        for each in parked:
            reason = escape(each.reason)
            table.add_row(progress.catalog, str(each.product_id), str(each.position), reason)
    return table
