"""`make bench ARGS=soak`."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.harness.kept import Json
from benchmarks.harness.telling import tell
from benchmarks.soak.part import Plan, measured

PLAN = Plan()


def soak(
    requests: Annotated[
        int, typer.Option(min=1_000, help="That are to be answered.")
    ] = PLAN.requests,
    callers: Annotated[int, typer.Option(min=1, help="Who ask at a time.")] = PLAN.callers,
    logs: Annotated[Path | None, typer.Option(help="A directory that keeps the logs.")] = None,
    kept_as: Json = None,
) -> None:
    """Ask two processes of the API while Redis, PostgreSQL, the worker and they themselves fail."""
    tell(measured(Plan(requests=requests, callers=callers, logs=logs)), kept_as)
