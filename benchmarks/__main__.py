"""`make bench`: what the service does in a second, on servers of its own."""

import logging
from pathlib import Path
from typing import Annotated

import structlog
import typer

from benchmarks.appending.command import append, streams
from benchmarks.costing.command import cost
from benchmarks.growing.command import growth
from benchmarks.importing.command import feeds
from benchmarks.past.command import history
from benchmarks.profiling.command import profile
from benchmarks.projecting import command as projection
from benchmarks.reading.command import reads
from benchmarks.soak.command import soak
from benchmarks.whole.command import DOCS, hold_floors, measure_all
from benchmarks.writing.command import writes

app = typer.Typer(pretty_exceptions_show_locals=False)
app.add_typer(projection.app, name="projection")
app.command()(append)
app.command()(streams)
app.command()(reads)
app.command()(history)
app.command()(feeds)
app.command()(growth)
app.command()(cost)
app.command()(profile)
app.command()(soak)
app.command()(writes)


@app.callback(invoke_without_command=True)
def everything(
    context: typer.Context,
    feed: Annotated[
        list[Path] | None,
        typer.Option(
            help="NDJSON of a whole catalog, its day in its name; repeat it for later ones. Without"
            " any, months of the sample."
        ),
    ] = None,
    quick: Annotated[  # noqa: FBT002 -- Typer makes --quick of it
        bool, typer.Option("--quick", help="Only hold the ratios that have floors against them.")
    ] = False,
    into: Annotated[Path, typer.Option(help="Where benchmarks.md and its figures go.")] = DOCS,
) -> None:
    """What the service does in a second, on servers of its own: all of it, or one part."""
    if context.invoked_subcommand is None:
        hold_floors() if quick else measure_all(feed or (), into)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    app()
