"""Events a second into all read tables: what it shows, and what was promised of it."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import typer

from benchmarks.harness.figures import Figure, figure, ratio
from benchmarks.harness.machine import Machine, describe
from benchmarks.harness.part import Part
from benchmarks.harness.shown import Shown
from benchmarks.harness.tables import table
from benchmarks.projecting.filled import filled
from benchmarks.projecting.throughput import NAMES, Pass, Plan, measure
from benchmarks.projecting.ways import COMPLETE, COPY, LIVE, REBUILT

FLOORS = ((LIVE, 30_000), (REBUILT, 60_000))
"""Events a second, at least."""


def measured(plan: Plan) -> Part:
    with filled(plan.feeds, plan.events) as (installation, head):
        machine = describe(installation.database_url)
        length = plan.rounds * len(NAMES)
        told = typer.progressbar(
            measure(installation, head, plan.rounds), length, "throughput", file=sys.stderr
        )
        with told as passes:
            return part(machine, head, list(passes))


def part(machine: Machine, events: int, passes: Sequence[Pass]) -> Part:
    rounds = len(_of(passes, COPY))
    return Part(
        name="projection-throughput",
        machine=machine,
        how=f"{rounds} rounds of {events:,} events",
        report=list(report(passes)),
        figures={"passes": [asdict(each) for each in passes]},
        shown=list(promises(passes)),
        ratios=dict(ratios(passes)),
    )


def report(passes: Sequence[Pass]) -> Iterator[str]:
    head = ["", "times as long as COPY", "events a second"]
    rows = [
        [way, f"{_times(passes, way, COPY):.1f}", f"{_per_second(passes, way):,.0f}"]
        for way in NAMES
    ]
    return table(head, rows)


def promises(passes: Sequence[Pass]) -> Iterator[Shown]:
    for way, floor in FLOORS:
        measured = _per_second(passes, way)
        what = f"{way}: at least {floor:,} events a second, by one worker on 2 cores"
        yield Shown(what, f"{measured:,.0f}", measured.median >= floor)


def ratios(passes: Sequence[Pass]) -> Iterator[tuple[str, Figure]]:
    yield "projection, live: COPY's time over ours", _times(passes, COPY, LIVE)
    yield "projection, rebuild: COPY's time over ours", _times(passes, COPY, COMPLETE)


def _times(passes: Sequence[Pass], way: str, other: str) -> Figure:
    """How many times as long it takes."""
    one, another = ([each.seconds for each in _of(passes, it)] for it in (way, other))
    return ratio(one, another)


def _per_second(passes: Sequence[Pass], way: str) -> Figure:
    return figure([each.per_second for each in _of(passes, way)])


def _of(passes: Sequence[Pass], way: str) -> list[Pass]:
    return [each for each in passes if each.way == way]
