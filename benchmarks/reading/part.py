"""Reads on servers of their own: all that they show."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec
import typer
import uvloop

from benchmarks.asking import client
from benchmarks.harness.installation import Installation, installed
from benchmarks.harness.machine import Machine, describe
from benchmarks.harness.part import Part
from benchmarks.harness.server import create_database
from benchmarks.material.catalogs import chosen
from benchmarks.material.feeds import SAMPLE, Row, read_rows
from benchmarks.reading.kinds import KINDS
from benchmarks.reading.lineup import Contestant, Lineup, opened
from benchmarks.reading.plan import Plan
from benchmarks.reading.promises import promises, ratios
from benchmarks.reading.reads import Cell, measure
from benchmarks.reading.report import report
from benchmarks.reading.results import Results


def measured(plan: Plan, feeds: Sequence[Path] = ()) -> Part:
    """With the rows of the last feed; without any, of the sample."""
    feed = [SAMPLE, *feeds][-1]
    rows = read_rows(feed)
    sizes = plan.sizes(len(rows))
    contestants = {kind.contestant for name, kind in KINDS.items() if name in plan.together}
    ask, how = client.chosen()
    with installed() as servers, ExitStack() as stack:
        machine = describe(servers.database_url)
        lineups = [
            stack.enter_context(_filled(servers, n, rows, size, contestants))
            for n, size in enumerate(sizes)
        ]
        cells = uvloop.run(measure(lineups, chosen(rows, sizes[0]), plan, ask, _say))
    return part(machine, plan, cells, how, f"{feed.name} ({len(rows):,} rows)")


def part(machine: Machine, plan: Plan, cells: Sequence[Cell], asked_by: str, of: str) -> Part:
    results = Results(cells)
    return Part(
        name="reads",
        machine=machine,
        how=(
            f"{of}; {plan.rounds} rounds of {plan.seconds} s a turn, {plan.connections}"
            f" connections; asked by {asked_by}"
        ),
        report=[*report(results)],
        figures={"cells": msgspec.to_builtins(cells)},
        shown=[*promises(results)],
        ratios=ratios(results),
        failed="; ".join(_wrong(results)) or None,
    )


def _wrong(results: Results) -> Iterator[str]:
    if not results.flawless:
        yield "requests failed, or were not answered as they should be"
    if turns := results.elsewhere:
        yield f"products were found elsewhere than they had to be: {', '.join(turns)}"


@contextmanager
def _filled(
    servers: Installation, n: int, rows: Sequence[Row], size: int, who: Collection[Contestant]
) -> Iterator[Lineup]:
    """With databases and logs of its own."""
    installation = replace(
        servers,
        database_url=uvloop.run(create_database(servers.database_url, f"bench_{n}")),
        redis_url=servers.redis_url.replace("db=0", f"db={n}"),
        directory=servers.directory / f"bench_{n}",
    )
    installation.directory.mkdir()
    with opened(installation, rows, size, who) as lineup:
        yield lineup


def _say(cell: Cell) -> None:
    where, rate = cell.setting, cell.asked.per_second
    who = f"{where.products:,} products, {where.turn} ({where.connections} connections)"
    typer.echo(f"round {cell.round + 1}, {who}: {rate:,.0f} a second", err=True)
