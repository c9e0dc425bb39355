"""`make bench ARGS=writes`."""

from dataclasses import replace
from typing import Annotated

import typer

from benchmarks.harness.kept import Json
from benchmarks.harness.telling import tell
from benchmarks.writing.part import measured
from benchmarks.writing.plan import PLAN, QUICK


def writes(
    seconds: Annotated[
        float, typer.Option(min=1, help="Of a turn, in a round; whole ones over HTTP.")
    ] = PLAN.seconds,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = PLAN.rounds,
    products: Annotated[
        int, typer.Option(min=256, help="Whose prices are changed.")
    ] = PLAN.products,
    pool: Annotated[
        int, typer.Option(min=1, help="Connections of CRUD to its database.")
    ] = PLAN.pool,
    quick: Annotated[  # noqa: FBT002 -- Typer makes --quick of it
        bool, typer.Option("--quick", help="Few contestants and loads, for a short time.")
    ] = False,
    kept_as: Json = None,
) -> None:
    """Write over HTTP beside a CRUD service with an audit table, and eventsourcing in a process."""
    told = replace(PLAN, seconds=seconds, rounds=rounds, products=products, pool=pool)
    tell(measured(QUICK if quick else told), kept_as)
