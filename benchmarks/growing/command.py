"""`make bench ARGS=growth`."""

from typing import Annotated

import typer

from benchmarks.growing.part import PLAN, measured
from benchmarks.growing.plan import Plan
from benchmarks.harness.kept import Json
from benchmarks.harness.telling import tell


def growth(
    events: Annotated[
        list[int],
        typer.Option(
            min=10_000,
            help="Of a log; repeat it for others. Those of up to a million are read, too.",
        ),
    ] = [*PLAN.events],  # noqa: B006 -- Typer takes a list, and nobody changes it
    rounds_of_logs: Annotated[
        int, typer.Option(min=1, help="Of appends and streams; the median counts.")
    ] = PLAN.rounds_of_logs,
    rounds: Annotated[
        int, typer.Option(min=1, help="Of catalogs that are served; the median counts.")
    ] = PLAN.rounds,
    appends: Annotated[int, typer.Option(min=64, help="In a turn, of 64 writers.")] = PLAN.appends,
    seconds: Annotated[
        int, typer.Option(min=1, help="A question, by one connection and by many.")
    ] = PLAN.seconds,
    kept_as: Json = None,
) -> None:
    """Write to, read, list, search and project logs of 10 thousand to 10 million events in turns.

    It takes thirteen minutes and 12 GB.
    """
    plan = Plan(
        events=events,
        rounds_of_logs=rounds_of_logs,
        rounds=rounds,
        appends=appends,
        seconds=seconds,
    )
    tell(measured(plan), kept_as)
