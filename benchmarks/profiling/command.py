"""`make bench ARGS=profile`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.harness.kept import Json
from benchmarks.harness.telling import tell
from benchmarks.profiling.part import PLAN, QUICK, measured


def profile(
    seconds: Annotated[
        int, typer.Option(min=1, help="How long each path is looked at.")
    ] = PLAN.profiled_seconds,
    raw: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Keep here what py-spy wrote, for flame graphs."),
    ] = None,
    quick: Annotated[  # noqa: FBT002 -- Typer makes --quick of it
        bool, typer.Option("--quick", help="Only see that it runs.")
    ] = False,
    kept_as: Json = None,
) -> None:
    """Find out where the time goes of a product that is read, priced or registered over HTTP."""
    plan = QUICK if quick else replace(PLAN, profiled_seconds=seconds)
    tell(measured(replace(plan, raw=raw)), kept_as)
