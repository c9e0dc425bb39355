"""`make bench ARGS=feeds`."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.harness.kept import Json
from benchmarks.harness.telling import tell
from benchmarks.importing.course import COMMAND, HTTP, QUICK, Plan
from benchmarks.importing.part import measured

PLAN = Plan()


def feeds(
    feed: Annotated[
        list[Path] | None,
        typer.Option(
            help="NDJSON of a whole catalog, its day in its name; repeat it for later ones. Without"
            " any, months of the sample."
        ),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = PLAN.rounds,
    rows: Annotated[
        int, typer.Option(min=0, help="Of the feed whose memory is measured; 0 leaves it out.")
    ] = PLAN.rows,
    http: Annotated[  # noqa: FBT002 -- Typer makes --http of it
        bool, typer.Option("--http", help="By POST …/imports as well.")
    ] = False,
    kill_worker: Annotated[  # noqa: FBT002 -- as above
        bool,
        typer.Option("--kill-worker", help="In the middle of every second round's first import."),
    ] = False,
    quick: Annotated[  # noqa: FBT002 -- as above
        bool, typer.Option("--quick", help="The first feed alone.")
    ] = False,
    kept_as: Json = None,
) -> None:
    """Import a supplier's catalog month by month while a worker projects it, beside COPY."""
    ways = (COMMAND, HTTP) if http else (COMMAND,)
    told = Plan(rounds=rounds, ways=ways, kill_worker=kill_worker, rows=rows)
    tell(measured(QUICK if quick else told, feed or ()), kept_as)
