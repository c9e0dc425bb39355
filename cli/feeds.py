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
from cli.errors import FutureMoment, ImportInterrupted, UnreadableFile
from cli.harmless import brief
from cli.lines import reading, unpacked
from cli.places import MOMENT, moment
from cli.write_side import write_side
from commands.appending import Circumstances
from commands.feeds import Importer, Report
from events.errors import AppendUnconfirmed, DatabaseUnavailable

FAILURES_SHOWN = 20
ROW_BYTES = 2 * 2**20
"""Twice what a request may say of a product. What says nothing of one takes sixty times its length
in memory once it is read."""

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
            parser=moment,
            metavar=MOMENT,
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
    if occurred_at and occurred_at > datetime.now(UTC):
        raise FutureMoment(occurred_at)
    report = Report()
    try:
        asyncio.run(import_files(settings, files, catalog, occurred_at, errors, report))
    except (AppendUnconfirmed, DatabaseUnavailable, UnreadableFile) as error:
        raise ImportInterrupted(error) from None
    finally:
        _tell(report, as_json=as_json)
    raise typer.Exit(1 if report.failed else 0)


def _tell(report: Report, *, as_json: bool) -> None:
    for failure in report.failures[:FAILURES_SHOWN]:
        reasons = "; ".join(f"{fault['pointer']} {fault['message']}" for fault in failure.faults)
        sku = f" ({failure.sku})" if failure.sku else ""
        errors.print(brief(f"line {failure.line}{sku}: {reasons.strip()}"), markup=False)
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
    circumstances = Circumstances(
        actor=actor(), correlation_id=uuid4().hex, occurred_at=occurred_at
    )
    async with write_side(settings, catalog, application="catalog-import") as side:
        for path in files:
            await _import_file(path, Importer(side, circumstances, report), console)


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

        await importer.run(unpacked(file, ROW_BYTES), show)
