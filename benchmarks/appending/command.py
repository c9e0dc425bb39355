"""`make bench ARGS=append`, `make bench ARGS=streams`."""

from typing import Annotated

import typer

from benchmarks.appending import append_part, streams_part
from benchmarks.appending.append import QUICK, Plan
from benchmarks.harness.kept import Json
from benchmarks.harness.telling import tell

PLAN = Plan()


def append(
    seconds: Annotated[
        float, typer.Option(min=0.1, help="How long each writes in a round, with each load.")
    ] = PLAN.seconds,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = PLAN.rounds,
    delay: Annotated[
        list[int], typer.Option(min=0, max=100, help="Of a commit, in ms; repeat it for others.")
    ] = [*PLAN.delays],  # noqa: B006 -- Typer takes a list, and nobody changes it
    quick: Annotated[  # noqa: FBT002 -- Typer makes --quick of it
        bool, typer.Option("--quick", help="Few writers and contestants, for a short time.")
    ] = False,
    kept_as: Json = None,
) -> None:
    """Append to the log with 1 to 256 writers, in turns with others who do less, or likewise."""
    plan = QUICK if quick else Plan(seconds=seconds, rounds=rounds, delays=delay)
    tell(append_part.measured(plan), kept_as)


def streams(
    rounds: Annotated[
        int, typer.Option(min=1, help="Rounds; the median counts.")
    ] = streams_part.ROUNDS,
    kept_as: Json = None,
) -> None:
    """Command a product of ten events and one of ten thousand in turns."""
    tell(streams_part.measured(rounds), kept_as)
