"""Appends on a server of its own: all that they show."""

import asyncio
import sys

import typer

from benchmarks.appending.append import Plan, measure
from benchmarks.appending.promises import promises
from benchmarks.appending.ratios import ratios
from benchmarks.appending.report import report
from benchmarks.appending.results import Results
from benchmarks.harness.machine import Machine, describe
from benchmarks.harness.part import Part
from benchmarks.harness.server import create_database, started


def measured(plan: Plan) -> Part:
    with started() as server:
        machine = describe(server)
        url = asyncio.run(create_database(server, "bench"))
        told = typer.progressbar(measure(url, plan), plan.cells, "append", file=sys.stderr)
        with told as cells:
            results = Results(list(cells))
    return part(machine, plan, results)


def part(machine: Machine, plan: Plan, results: Results) -> Part:
    return Part(
        name="append",
        machine=machine,
        how=f"{plan.rounds} rounds of {plan.seconds:g} s",
        report=list(report(results)),
        figures={"cells": list(results.as_rows())},
        shown=list(promises(results)),
        ratios=dict(ratios(results)),
    )
