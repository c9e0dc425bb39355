"""Logs and catalogs of growing length, on servers of their own: all that they show."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict

import typer
import uvloop

from benchmarks.asking.asking import Ask
from benchmarks.asking.client import chosen
from benchmarks.growing import catalogs, logs
from benchmarks.growing.charts import charts
from benchmarks.growing.drawing import drawn
from benchmarks.growing.grown_catalog import GrownCatalog, grown_catalog
from benchmarks.growing.log import filled_log
from benchmarks.growing.measurements import Measurement, Measurements
from benchmarks.growing.plan import Plan
from benchmarks.growing.promises import promises
from benchmarks.growing.report import report
from benchmarks.growing.served_catalog import served
from benchmarks.harness.installation import Installation, installed
from benchmarks.harness.machine import describe
from benchmarks.harness.part import Part
from benchmarks.harness.server import started
from benchmarks.material.feeds import SAMPLE, Row, read_rows

PLAN = Plan()


def measured(plan: Plan = PLAN) -> Part:
    ask, by = chosen()
    with started() as server:
        machine = describe(server)
        of_logs = uvloop.run(_of_logs(server, plan))
    with installed() as servers:
        of_catalogs = _of_catalogs(servers, ask, plan)
    found = Measurements([*of_logs, *of_catalogs])
    return Part(
        name="growth",
        machine=machine,
        how=f"{plan}; asked by {by}",
        report=list(report(found)),
        figures={"measurements": [asdict(each) for each in found.all]},
        shown=list(promises(found)),
        drawings={f"{name}.svg": drawn(chart) for name, chart in charts(found).items()},
        failed="; ".join(_wrong(found)) or None,
    )


def _wrong(found: Measurements) -> Iterator[str]:
    if found.failed:
        yield f"{found.failed:,} requests failed"
    if operations := found.elsewhere:
        yield f"products were found elsewhere than they had to be: {', '.join(operations)}"


async def _of_logs(server: str, plan: Plan) -> Sequence[Measurement]:
    with typer.progressbar(length=sum(plan.logs), label="logs", file=sys.stderr) as bar:
        filled = [await filled_log(server, events, bar.update) for events in plan.logs]
    return await logs.measure(filled, plan, _say)


def _of_catalogs(servers: Installation, ask: Ask, plan: Plan) -> Sequence[Measurement]:
    rows = read_rows(SAMPLE)
    filled = uvloop.run(_filled(servers, rows, plan))
    with ExitStack() as stack:
        there = [stack.enter_context(served(each)) for each in filled]
        asked = uvloop.run(catalogs.measure(there, rows, ask, plan, _say))
    return [*asked, *map(catalogs.projected, filled)]


async def _filled(servers: Installation, rows: Sequence[Row], plan: Plan) -> Sequence[GrownCatalog]:
    with typer.progressbar(length=sum(plan.catalogs), label="catalogs", file=sys.stderr) as bar:
        return [await grown_catalog(servers, rows, each, bar.update) for each in plan.catalogs]


def _say(each: Measurement) -> None:
    where = f"round {each.round + 1}, {each.events:,} events"
    typer.echo(f"{where}, {each.operation}: {each.value:,.2f} {each.quantity}", err=True)
