"""`make bench ARGS=history`."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.harness.kept import Json
from benchmarks.harness.telling import tell
from benchmarks.past.part import measured
from benchmarks.past.turns import QUICK, Plan

PLAN = Plan()


def history(
    feed: Annotated[
        list[Path] | None,
        typer.Option(
            help="NDJSON of a whole catalog, its day in its name; repeat it for later ones. Without"
            " any, months of the sample."
        ),
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="How long each question is asked, in a round.")
    ] = PLAN.seconds,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = PLAN.rounds,
    sample: Annotated[
        int, typer.Option(min=1, help="Products whose lowest prices are asked over HTTP, too.")
    ] = PLAN.sample,
    quick: Annotated[  # noqa: FBT002 -- Typer makes --quick of it
        bool, typer.Option("--quick", help="Only see that it runs, and that answers are right.")
    ] = False,
    kept_as: Json = None,
) -> None:
    """Import a catalog month by month, and hold its past against the feeds it came from."""
    plan = QUICK if quick else Plan(rounds=rounds, seconds=seconds, sample=sample)
    tell(measured(plan, feed or ()), kept_as)
