"""`make bench ARGS=reads`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.harness.kept import Json
from benchmarks.harness.telling import tell
from benchmarks.material.feeds import SAMPLE
from benchmarks.reading.part import measured
from benchmarks.reading.plan import QUICK, Plan

PLAN = Plan()


def reads(
    products: Annotated[
        list[int] | None,
        typer.Option(
            min=100,
            help="Of a catalog; repeat it for others beside it. Without any, three sizes up to a"
            " million.",
        ),
    ] = None,
    feed: Annotated[Path, typer.Option(help="NDJSON of products, plain or gzip.")] = SAMPLE,
    seconds: Annotated[int, typer.Option(min=1, help="Of a turn, in a round.")] = PLAN.seconds,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = PLAN.rounds,
    connections: Annotated[int, typer.Option(min=2, help="Of those who ask.")] = PLAN.connections,
    quick: Annotated[  # noqa: FBT002 -- Typer makes --quick of it
        bool, typer.Option("--quick", help="One small catalog, and few turns.")
    ] = False,
    kept_as: Json = None,
) -> None:
    """Read products, lists and searches beside an ORM's products and a constant."""
    told = replace(
        PLAN, products=products or (), seconds=seconds, rounds=rounds, connections=connections
    )
    tell(measured(QUICK if quick else told, [feed]), kept_as)
