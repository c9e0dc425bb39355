"""Imports on servers of their own: all that they show."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from pathlib import Path

import msgspec
import typer
import uvloop

from benchmarks.harness.figures import ratio
from benchmarks.harness.installation import installed
from benchmarks.harness.machine import Machine, describe
from benchmarks.harness.part import Part
from benchmarks.harness.server import create_database
from benchmarks.harness.shown import unkept
from benchmarks.importing import memory
from benchmarks.importing.course import Course, Plan, measure
from benchmarks.importing.memory import Held
from benchmarks.importing.promises import answers, promises
from benchmarks.importing.report import report
from benchmarks.material.feeds import read_snapshots

FLOOR = "first import, COPY's time over ours"


def measured(plan: Plan, feeds: Sequence[Path] = ()) -> Part:
    """Of a catalog on several days; without any, of months of the sample."""
    read = read_snapshots(feeds)[: plan.snapshots]
    times = 1 if feeds else ceil(plan.sample / len(read[0].rows))
    snapshots = [each.repeated(times) for each in read]
    with installed() as servers:
        machine = describe(servers.database_url)
        installation = replace(
            servers,
            database_url=uvloop.run(create_database(servers.database_url, "bench")),
            settings={"CATALOG_UPLOADS_DIRECTORY": str(servers.directory / "uploads")},
        )
        course = measure(installation, snapshots, plan, _say)
        held = memory.measure(installation, read[-1], plan.rows, _say) if plan.rows else ()
    return part(machine, plan, course, held)


def part(machine: Machine, plan: Plan, course: Course, held: Sequence[Held]) -> Part:
    copied = [cell.copy_seconds for cell in course.first]
    return Part(
        name="feeds",
        machine=machine,
        how=f"{plan.rounds} rounds of {', '.join(course.feeds)}",
        report=[*report(course, held)],
        figures={
            "feeds": [cell.told() for cell in course.cells],
            "memory": msgspec.to_builtins(held),
        },
        shown=promises(course, held),
        ratios={FLOOR: ratio(copied, [cell.first.seconds for cell in course.first])},
        failed=unkept(answers(course, held)),
    )


def _say(told: str) -> None:
    typer.echo(told, err=True)
