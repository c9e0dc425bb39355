"""What an operator asks of an installation."""

import asyncio
import dataclasses
import json
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.environment import Database, read
from events.database import driver, pool
from projections.projector import Progress, read_progress

HEADINGS = ("Catalog", "Generation", "Checkpoint", "Head", "Lag, events", "Lag, seconds")


def projections(
    as_json: Annotated[  # noqa: FBT002 -- Typer makes --json of it
        bool, typer.Option("--json", envvar="CATALOG_JSON", help="A JSON document a catalog.")
    ] = False,
) -> None:
    """Show how far each catalog's log has been applied to what is read."""
    progress = asyncio.run(_read(read(Database).database_url.get_secret_value()))
    if as_json:
        for each in progress:
            lag = {"lag_events": each.lag_events}
            typer.echo(json.dumps(dataclasses.asdict(each) | lag))
    else:
        Console().print(_table(progress))


async def _read(url: str) -> list[Progress]:
    async with pool(url, application="catalog-operate") as engine, driver(engine) as connection:
        return await read_progress(connection)


def _table(progress: Sequence[Progress]) -> Table:
    table = Table(*HEADINGS)
    for each in progress:
        numbers = (each.generation, each.checkpoint, each.head, each.lag_events)
        table.add_row(each.catalog, *map(str, numbers), f"{each.lag_seconds:.1f}")
    return table
