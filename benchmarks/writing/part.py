"""Writes over HTTP on servers of their own: all that they show."""

import sys

import typer

from benchmarks.asking.client import chosen
from benchmarks.harness.installation import installed
from benchmarks.harness.machine import Machine, describe
from benchmarks.harness.part import Part
from benchmarks.writing.lineup import opened
from benchmarks.writing.plan import Plan
from benchmarks.writing.promises import promises
from benchmarks.writing.ratios import ratios
from benchmarks.writing.report import report
from benchmarks.writing.results import Results
from benchmarks.writing.turns import measure


def measured(plan: Plan) -> Part:
    ask, client = chosen()
    with installed() as servers:
        machine = describe(servers.database_url)
        with opened(servers, plan, ask) as contestants:
            turns = measure(contestants, plan)
            with typer.progressbar(turns, plan.turns, "writes", file=sys.stderr) as cells:
                results = Results(list(cells))
    return part(machine, plan, client, results)


def part(machine: Machine, plan: Plan, client: str, results: Results) -> Part:
    return Part(
        name="writes",
        machine=machine,
        how=(
            f"{plan.rounds} rounds of {plan.seconds:g} s a turn, {plan.products:,} products that"
            f" are priced, {plan.pool} connections of CRUD to its database; asked by {client}"
        ),
        report=list(report(results)),
        figures={"cells": list(results.as_rows())},
        shown=list(promises(results)),
        ratios=dict(ratios(results)),
        failed=_failed(results),
    )


def _failed(results: Results) -> str | None:
    if results.failed:
        return f"{results.failed:,} writes were not answered as they should be"
    if results.dishonest:
        return f"in {len(results.dishonest)} turns the database had not what was acknowledged"
    return None
