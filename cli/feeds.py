"""`catalog import`: feeds from files, through the command path."""

import asyncio
import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal
from uuid import uuid4

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from api.settings import Settings
from cli.environment import actor, read
from cli.errors import FutureMoment, ImportInterrupted, NoSuchCatalog, UnreadableFile
from cli.lines import reading, unpacked
from commands.appending import KIND, Circumstances
from commands.feeds import Importer, Report
from commands.write_side import WriteSide
from events.appender import Appender
from events.catalogs import read_catalogs
from events.database import driver, pool
from events.errors import AppendUnconfirmed, DatabaseUnavailable
from events.nudge import connect, nudge

FAILURES_SHOWN = 20

type Mode = Literal["upsert"]

errors = Console(stderr=True, highlight=False, soft_wrap=True)


def import_command(
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, dir_okay=False, readable=True, help="NDJSON, plain or gzip; in order."
        ),
    ],
    catalog: Annotated[str, typer.Option(envvar="CATALOG_CATALOG", help="Which catalog.")] = "main",
    mode: Annotated[  # noqa: ARG001 -- one value so far
        Mode,
        typer.Option(envvar="CATALOG_MODE", help="upsert: register the new, change what differs."),
    ] = "upsert",
    occurred_at: Annotated[
        datetime | None,
        typer.Option(
            envvar="CATALOG_OCCURRED_AT",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
            help="When it became known; UTC unless it says otherwise.",
        ),
    ] = None,
    as_json: Annotated[  # noqa: FBT002 -- Typer makes --json of it
        bool, typer.Option("--json", envvar="CATALOG_JSON", help="End with the counts as JSON.")
    ] = False,
) -> None:
    """Bring products to what the files say. Doing it again is harmless.

    Exits with 1 when a row was refused; the other rows are imported all the same.
    """
    settings = read(Settings)
    moment = _past(occurred_at)
    report = Report()
    try:
        asyncio.run(import_files(settings, files, catalog, moment, errors, report))
    except (AppendUnconfirmed, DatabaseUnavailable, UnreadableFile) as error:
        raise ImportInterrupted(error) from None
    finally:
        _tell(report, as_json=as_json)
    raise typer.Exit(1 if report.failed else 0)


def _past(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > datetime.now(UTC):
        raise FutureMoment(moment)
    return moment


def _tell(report: Report, *, as_json: bool) -> None:
    for failure in report.failures[:FAILURES_SHOWN]:
        reasons = "; ".join(f"{fault['pointer']} {fault['message']}" for fault in failure.faults)
        sku = f" ({failure.sku})" if failure.sku else ""
        errors.print(f"line {failure.line}{sku}: {reasons.strip()}", markup=False)
    if report.failed > FAILURES_SHOWN:
        errors.print(f"… and {report.failed - FAILURES_SHOWN} more")
    counts = counted(report)
    typer.echo(json.dumps(counts) if as_json else ", ".join(f"{n} {v}" for n, v in counts.items()))


def counted(report: Report) -> dict[str, int]:
    names = ("rows", "created", "changed", "unchanged", "failed")
    return {name: getattr(report, name) for name in names}


async def import_files(
    settings: Settings,
    files: Sequence[Path],
    catalog: str,
    occurred_at: datetime | None,
    console: Console,
    report: Report,
) -> None:
    """Counts in `report`. Raises NoSuchCatalog, UnreadableFile and the importer's refusals."""
    url = settings.database_url.get_secret_value()
    async with pool(url, application="catalog-import", pool_size=4) as engine:
        async with driver(engine) as connection:
            if not await read_catalogs(connection, [catalog]):
                raise NoSuchCatalog(catalog)
        appender = Appender(
            engine,
            catalog,
            KIND,
            queue_limit=settings.append_queue_limit,
            batch_limit=settings.append_batch_limit,
        )
        circumstances = Circumstances(
            actor=actor(),
            correlation_id=uuid4().hex,
            occurred_at=occurred_at,
        )
        for path in files:
            await _import_file(path, Importer(WriteSide(appender), circumstances, report), console)
        async with connect(settings.redis_url.get_secret_value()) as redis:
            await nudge(redis, catalog)


async def _import_file(path: Path, importer: Importer, console: Console) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    with (
        reading(path),
        path.open("rb") as file,
        Progress(*columns, console=console) as progress,
    ):
        size = os.fstat(file.fileno()).st_size
        task = progress.add_task(path.name, total=size, rows=0, rate=0.0)

        def show(report: Report) -> None:
            elapsed = progress.tasks[task].elapsed or 1.0
            progress.update(
                task, completed=file.tell(), rows=report.rows, rate=report.rows / elapsed
            )

        await importer.run(unpacked(file), show)
