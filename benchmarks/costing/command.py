"""`make bench ARGS=cost`."""

from typing import Annotated

import typer

from benchmarks.costing.part import PLAN, measured
from benchmarks.costing.plan import Plan
from benchmarks.harness.kept import Json
from benchmarks.harness.telling import tell


def cost(
    products: Annotated[int, typer.Option(min=1_000, help="Of the catalog.")] = PLAN.products,
    changes: Annotated[int, typer.Option(min=100, help="Of prices.")] = PLAN.changes,
    seconds: Annotated[int, typer.Option(min=1, help="Of each load.")] = PLAN.seconds,
    starts: Annotated[int, typer.Option(min=1, max=5, help="The median counts.")] = PLAN.starts,
    kept_as: Json = None,
) -> None:
    """Memory of each process at rest and under load, bytes on disk, and how long starts take."""
    tell(
        measured(Plan(products=products, changes=changes, seconds=seconds, starts=starts)), kept_as
    )
