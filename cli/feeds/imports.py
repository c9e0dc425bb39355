"""`catalog imports`: which feeds were imported lately, and which of their rows were refused."""

import asyncio
from pathlib import Path
from typing import Annotated
from uuid import UUID

import msgspec
import typer

from cli import options
from cli.environment import Database, read
from cli.feeds.refused_rows import write_refused_rows
from cli.named import find_head
from cli.tables import print_table, second
from cli.written import STANDARD_OUTPUT
from commands.feeds.latest import LatestRun, read_latest_runs
from events.database import driver, pool

HEADINGS = ("Run", "Begun", "Ended", "Catalog", "Source", "Mode", "By", "Outcome", "Rows")

app = typer.Typer(
    invoke_without_command=True,
    help="Show the latest imports of feeds; write the rows that one refused.",
)


@app.callback()
def show(
    context: typer.Context,
    only: Annotated[
        str | None, typer.Option("--catalog", envvar="CATALOG_CATALOG", help="Which; else all.")
    ] = None,
    limit: Annotated[
        int, typer.Option(envvar="CATALOG_LIMIT", min=1, help="The most that are shown.")
    ] = 20,
    as_json: options.Json = False,  # noqa: FBT002
) -> None:
    """Show the latest imports, by command or by job, the newest first."""
    if context.invoked_subcommand is None:
        runs = asyncio.run(_read(only, limit))
        if as_json:
            for run in runs:
                typer.echo(msgspec.json.encode(_document(run)))
        else:
            print_table(HEADINGS, [_row(run) for run in runs])


@app.command()
def errors(
    run: Annotated[UUID, typer.Argument(envvar="CATALOG_RUN", help="As `imports` shows it.")],
    file: Annotated[
        Path, typer.Argument(envvar="CATALOG_FILE", dir_okay=False, help="- is standard output.")
    ] = STANDARD_OUTPUT,
) -> None:
    """Write the rows that an import refused, with why, to be corrected and imported again.

    CSV or NDJSON as the file is called, else as the feed was.
    """
    asyncio.run(_write_errors(run, file))


async def _read(only: str | None, limit: int) -> list[LatestRun]:
    url = read(Database).database_url.get_secret_value()
    async with pool(url, application="catalog-imports") as engine, driver(engine) as connection:
        if only:
            await find_head(connection, only)
        return await read_latest_runs(connection, only, limit)


async def _write_errors(run: UUID, file: Path) -> None:
    url = read(Database).database_url.get_secret_value()
    async with pool(url, application="catalog-imports") as engine:
        await write_refused_rows(engine, run, file)


def _document(run: LatestRun) -> dict[str, object]:
    document: dict[str, object] = msgspec.to_builtins(run)
    told = {"state": run.state, "withheld": _withheld(run), "counts": run.counts.told()}
    return document | told


def _row(run: LatestRun) -> tuple[str, ...]:
    mode = f"{run.mode}, dry run" if run.dry_run else run.mode
    times = (second(run.begun_at), second(run.ended_at))
    who = (run.catalog, run.source, mode, run.actor)
    return (str(run.run_id), *times, *who, _outcome(run), _counts(run))


def _outcome(run: LatestRun) -> str:
    told = f"{run.state}: {run.problem}" if run.problem else run.state
    return f"{told}, nothing archived" if _withheld(run) else told


def _withheld(run: LatestRun) -> bool:
    """Whether a sync archived nothing, since rows without a SKU left open what was missing."""
    return run.mode == "sync" and run.counts.unidentified > 0


def _counts(run: LatestRun) -> str:
    """Without what there was none of."""
    told = {name: count for name, count in run.counts.told().items() if count}
    return ", ".join(f"{count:,} {name}" for name, count in told.items()) or "none"
