"""`catalog projections`: how what is read follows the log, and what is done where it does not."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import msgspec
import typer

from cli.environment import Database, read
from cli.interventions import discard, refold, retry
from cli.named import find_head
from cli.options import Json
from cli.rebuild import OUTDATED
from cli.standings import Standing, read_standings
from cli.tables import minute, print_table
from events.database import driver, pool
from events.log import read_heads
from projections.interventions import Intervention, read_all

HEADINGS = (
    "Catalog",
    "Generation",
    "Checkpoint",
    "Head",
    "Lag, events",
    "Lag, seconds",
    "Parked",
    "Waiting",
)

Only = Annotated[
    str | None, typer.Option("--catalog", envvar="CATALOG_CATALOG", help="Which; else all.")
]

app = typer.Typer(
    invoke_without_command=True,
    help="Show how far what is read follows the log; see and mend the products that stand still.",
)
app.command()(retry)
app.command()(discard)
app.command()(refold)


@app.callback()
def show(context: typer.Context, as_json: Json = False) -> None:  # noqa: FBT002
    """Show how far each catalog's log has been applied to what is read, and what stands still."""
    if context.invoked_subcommand is None:
        standings = asyncio.run(_read_standings())
        if any(each.progress.outdated for each in standings):
            typer.echo(OUTDATED, err=True)
        if as_json:
            _print_json([each.as_json() for each in standings])
        else:
            _print_standings(standings)


@app.command()
def parked(only: Only = None, as_json: Json = False) -> None:  # noqa: FBT002
    """List the products that stand still, each with the position of the event at fault and why."""
    standings = asyncio.run(_read_standings(only))
    if as_json:
        _print_json(
            [
                {"catalog": standing.progress.catalog, **msgspec.to_builtins(each)}
                for standing in standings
                for each in standing.parked
            ]
        )
    else:
        _print_parked(standings)


@app.command()
def interventions(
    only: Only = None,
    limit: Annotated[
        int, typer.Option(envvar="CATALOG_LIMIT", min=1, help="The most that are shown a catalog.")
    ] = 50,
    as_json: Json = False,  # noqa: FBT002
) -> None:
    """List who wanted what done about which product, and what came of it; the newest first."""
    found = asyncio.run(_read_interventions(only, limit))
    if as_json:
        _print_json(found)
    else:
        _print_interventions(found)


async def _read_standings(only: str | None = None) -> list[Standing]:
    url = read(Database).database_url.get_secret_value()
    async with pool(url, application="catalog-projections") as engine, driver(engine) as connection:
        return await read_standings(connection, only)


async def _read_interventions(only: str | None, limit: int) -> list[Intervention]:
    url = read(Database).database_url.get_secret_value()
    async with pool(url, application="catalog-projections") as engine, driver(engine) as connection:
        if only:
            await find_head(connection, only)
        catalogs = [only] if only else await read_heads(connection)
        found = [each for key in catalogs for each in await read_all(connection, key, limit)]
    return sorted(found, key=lambda each: each.requested_at, reverse=True)


def _print_json(documents: Sequence[object]) -> None:
    """A line each."""
    for each in documents:
        typer.echo(msgspec.json.encode(each))


def _print_standings(standings: Sequence[Standing]) -> None:
    print_table(HEADINGS, [_row(each) for each in standings])
    if any(each.parked for each in standings):
        _print_parked(standings)


def _row(standing: Standing) -> tuple[str, ...]:
    each = standing.progress
    numbers = (each.generation, each.checkpoint, each.head, each.lag_events)
    lag = f"{each.lag_seconds:.1f}"
    return (each.catalog, *map(str, numbers), lag, str(each.parked), str(each.waiting))


def _print_parked(standings: Sequence[Standing]) -> None:
    rows = [
        (standing.progress.catalog, str(each.product_id), str(each.position), each.reason)
        for standing in standings
        for each in standing.parked
    ]
    print_table(("Catalog", "Parked product", "Position", "Reason"), rows, copied=1)


def _print_interventions(found: Sequence[Intervention]) -> None:
    names = ("Requested", "Catalog", "Product", "Action", "By", "Outcome")
    print_table(names, [_intervention(each) for each in found], copied=2)


def _intervention(each: Intervention) -> tuple[str, ...]:
    action = each.action if each.position is None else f"{each.action} {each.position}"
    by = (each.actor, each.outcome or "waits")
    return (minute(each.requested_at), each.catalog, str(each.product_id), action, *by)
