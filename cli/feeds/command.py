"""`catalog import`: feeds from files, through the same decisions as any write."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from api.settings import Settings
from cli import options
from cli.environment import read
from cli.errors import FutureMoment
from cli.feeds import typed
from cli.feeds.endings import ImportInterrupted, ImportStopped
from cli.feeds.files import feed_files
from cli.feeds.importing import import_files
from cli.feeds.telling import Telling, totals
from cli.feeds.wanted import Wanted
from commands.feeds.asked import DEFAULT_SOURCE
from commands.feeds.report import Mode
from commands.feeds.rows import Form
from commands.feeds.run import INTERRUPTIONS
from events.garbage import collect_seldom

ONE_FILE = (
    "--mode sync and --errors take one file: a sync archives what its feed lacks, so that of "
    "several each would archive the others, and a report is of one feed."
)


def import_command(  # noqa: PLR0913, PLR0917 -- options of a command
    files: Annotated[
        list[str],  # as a Path, Typer looks for a file that is called -
        typer.Argument(
            exists=True,
            dir_okay=False,
            readable=True,
            allow_dash=True,
            metavar="FILE…",
            help="NDJSON, JSON or CSV, plain or gzip; one after the other. - is standard input.",
        ),
    ],
    catalog: options.Catalog = "main",
    mode: Annotated[
        Mode,
        typer.Option(
            envvar="CATALOG_MODE",
            metavar="upsert|sync",
            help="upsert: register the new, change what differs. sync: also archive what the feeds "
            "of this source brought before and this one lacks.",
        ),
    ] = "upsert",
    source: Annotated[
        str,
        typer.Option(
            envvar="CATALOG_SOURCE", parser=typed.source, metavar="NAME", help="Whose feed it is."
        ),
    ] = DEFAULT_SOURCE,
    dry_run: Annotated[  # noqa: FBT002 -- Typer makes --dry-run of it
        bool,
        typer.Option(
            "--dry-run", envvar="CATALOG_DRY_RUN", help="Tell what would happen; append nothing."
        ),
    ] = False,
    occurred_at: typed.OccurredAt = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            envvar="CATALOG_MAP",
            metavar="COLUMN=FIELD",
            help="A column that is called otherwise here; repeatable.",
        ),
    ] = None,
    form: Annotated[
        Form | None,
        typer.Option(
            "--format",
            envvar="CATALOG_FORMAT",
            metavar="ndjson|json|csv",
            help="Else as it is found.",
        ),
    ] = None,
    max_errors: Annotated[
        int | None,
        typer.Option(
            envvar="CATALOG_MAX_ERRORS", min=0, help="End where more rows are refused; else never."
        ),
    ] = None,
    errors: Annotated[
        Path | None,
        typer.Option(
            envvar="CATALOG_ERRORS",
            dir_okay=False,
            help="Write the refused rows there, to be corrected and imported again: CSV or NDJSON "
            "as it is called, else as the feed is.",
        ),
    ] = None,
    as_json: Annotated[  # noqa: FBT002 -- Typer makes --json of it
        bool, typer.Option("--json", envvar="CATALOG_JSON", help="End with the counts as JSON.")
    ] = False,
) -> None:
    """Bring products to what feeds say. Doing it again is harmless; what broke off goes on.

    Rows fail alone: exits with 1 when some were refused, though all others are imported. Else: 4
    while another import of this source runs, 5 when it was interrupted, 6 beyond --max-errors, 7
    when a sync has no good row, 8 when a file can't be read to its end, 130 after Ctrl-C.
    """
    if len(files) > 1 and (mode == "sync" or errors):
        raise typer.BadParameter(ONE_FILE)
    if occurred_at and occurred_at > datetime.now(UTC):
        raise FutureMoment(occurred_at)
    wanted = Wanted(
        mode=mode,
        source=source,
        dry_run=dry_run,
        occurred_at=occurred_at,
        max_errors=max_errors,
        form=form,
        mapping=typed.mapping(mapping or ()),
    )
    telling = Telling(Console(stderr=True, highlight=False, soft_wrap=True), errors)
    try:
        _run(catalog, files, wanted, telling)
    finally:
        typer.echo(totals(telling.counts, as_json=as_json))
    raise typer.Exit(1 if telling.counts.failed else 0)


def _run(catalog: str, files: Sequence[str], wanted: Wanted, telling: Telling) -> None:
    settings = read(Settings)
    try:
        with feed_files(list(map(Path, files))) as feeds:
            collect_seldom()
            uvloop.run(import_files(settings, catalog, feeds, wanted, telling))
    except INTERRUPTIONS as interruption:
        raise ImportInterrupted(interruption) from None
    except KeyboardInterrupt:
        raise ImportStopped from None
