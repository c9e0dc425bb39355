"""`make bench ARGS=history`."""

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from benchmarks import history as histories
from benchmarks.feeds import read_snapshots
from benchmarks.history_report import promises, report
from benchmarks.installation import installed
from benchmarks.kept import Json, keep
from benchmarks.machine import describe
from benchmarks.past_turns import QUICK, Plan
from benchmarks.server import create_database

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
    snapshots = read_snapshots(feed or [])
    if len(snapshots) < 2:  # noqa: PLR2004 -- one has no past
        raise typer.BadParameter("a past needs two snapshots or more", param_hint="--feed")
    with installed() as servers:
        machine = describe(servers.database_url)
        url = uvloop.run(create_database(servers.database_url, "bench"))
        outcome = histories.measure(
            replace(servers, database_url=url),
            snapshots,
            plan,
            lambda told: typer.echo(told, err=True),
        )
    for line in report(outcome):
        print(line)
    shown = promises(outcome)
    print(f"\n{machine}; {plan.rounds} rounds of {plan.seconds:g} s a question, one connection")
    keep(kept_as, {"machine": asdict(machine), "shown": [asdict(each) for each in shown]})
    if not all(each.kept for each in shown):
        sys.exit("not all that was promised was kept")


def _say(told: str) -> None:
    typer.echo(told, err=True)
