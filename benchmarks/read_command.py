"""`make bench ARGS=reads`."""

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from benchmarks import python_client, wrk
from benchmarks.feeds import SAMPLE, Row, read_rows
from benchmarks.installation import Installation, installed
from benchmarks.kept import Json, keep
from benchmarks.machine import describe
from benchmarks.read_catalogs import chosen
from benchmarks.read_lineup import Lineup, opened
from benchmarks.read_report import report
from benchmarks.read_results import Results
from benchmarks.reads import Cell, Plan, measure
from benchmarks.server import create_database

PLAN = Plan(ask=wrk.ask)
SIZES, FEW = [1_000, 50_000, 1_000_000], [200, 1_000]
WITHOUT_WRK = (
    "Python (wrk is not installed: to ask takes about as long as to answer, so that what is fast"
    " seems slower than it is)"
)


def reads(
    products: Annotated[
        list[int], typer.Option(min=100, help="Of a catalog; repeat it for others beside it.")
    ] = SIZES,
    feed: Annotated[Path, typer.Option(help="NDJSON of products, plain or gzip.")] = SAMPLE,
    seconds: Annotated[int, typer.Option(min=1, help="Of a turn, in a round.")] = 3,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = PLAN.rounds,
    connections: Annotated[int, typer.Option(min=2, help="Of those who ask.")] = PLAN.connections,
    quick: Annotated[  # noqa: FBT002 -- Typer makes --quick of it
        bool, typer.Option("--quick", help="Only see that it runs.")
    ] = False,
    kept_as: Json = None,
) -> None:
    """Read products, lists and searches beside an ORM's products and a constant."""
    if quick:
        products, seconds, rounds = FEW, 1, 1
    sizes, rows = sorted(set(products)), read_rows(feed)
    how, ask = ("wrk", wrk.ask) if shutil.which("wrk") else (WITHOUT_WRK, python_client.ask)
    plan = Plan(ask=ask, rounds=rounds, seconds=seconds, connections=connections)
    with installed() as servers, ExitStack() as stack:
        machine = describe(servers.database_url)
        lineups = [
            stack.enter_context(_filled(servers, n, rows, size)) for n, size in enumerate(sizes)
        ]
        cells = uvloop.run(measure(lineups, chosen(rows, sizes[0]), plan, _say))
    results = Results(cells)
    for line in report(results):
        print(line)
    print(
        f"\n{machine}; {rounds} rounds of {seconds} s a turn, {connections} connections;"
        f" asked by {how}"
    )
    keep(kept_as, {"machine": asdict(machine), "cells": [asdict(each) for each in cells]})
    if not results.flawless:
        sys.exit("requests failed, or were not answered as they should be")


@contextmanager
def _filled(servers: Installation, n: int, rows: Sequence[Row], size: int) -> Iterator[Lineup]:
    """With databases and logs of its own."""
    installation = replace(
        servers,
        database_url=uvloop.run(create_database(servers.database_url, f"bench_{n}")),
        redis_url=servers.redis_url.replace("db=0", f"db={n}"),
        directory=servers.directory / f"bench_{n}",
    )
    installation.directory.mkdir()
    with opened(installation, rows, size) as lineup:
        yield lineup


def _say(cell: Cell) -> None:
    where, rate = cell.setting, cell.asked.per_second
    who = f"{where.products:,} products, {where.turn} ({where.connections} connections)"
    typer.echo(f"round {cell.round + 1}, {who}: {rate:,.0f} a second", err=True)
