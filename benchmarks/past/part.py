"""The past of a catalog on servers of its own: all that it shows."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import typer
import uvloop

from benchmarks.harness.installation import installed
from benchmarks.harness.machine import Machine, describe
from benchmarks.harness.part import Part
from benchmarks.harness.server import create_database
from benchmarks.harness.shown import unkept
from benchmarks.material.feeds import Snapshot, read_snapshots
from benchmarks.past.history import measure
from benchmarks.past.outcome import Outcome
from benchmarks.past.promises import promises
from benchmarks.past.report import report
from benchmarks.past.turns import Plan


def measured(plan: Plan, feeds: Sequence[Path] = ()) -> Part:
    """Of two feeds or more; without any, of months of the sample.

    Raises `ValueError` for one alone.
    """
    if len(feeds) == 1:
        raise ValueError("a past takes two feeds or more, each of another day")
    snapshots = read_snapshots(feeds)
    with installed() as servers:
        machine = describe(servers.database_url)
        url = uvloop.run(create_database(servers.database_url, "bench"))
        outcome = measure(replace(servers, database_url=url), snapshots, plan, _say)
    return part(machine, plan, outcome, snapshots)


def part(machine: Machine, plan: Plan, outcome: Outcome, of: Sequence[Snapshot]) -> Part:
    shown = promises(outcome)
    return Part(
        name="history",
        machine=machine,
        how=(
            f"{', '.join(map(str, of))}; {plan.rounds} rounds of {plan.seconds:g} s a question,"
            " one connection"
        ),
        report=[*report(outcome)],
        figures=msgspec.to_builtins(outcome),
        shown=shown,
        failed=unkept(shown),
    )


def _say(told: str) -> None:
    typer.echo(told, err=True)
