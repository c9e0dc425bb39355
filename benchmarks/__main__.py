"""`make bench`: what the service does in a second, on servers of its own."""

import asyncio
import logging
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import structlog
import typer
import uvloop

from benchmarks import append as appending
from benchmarks import first_import, long_streams, projection
from benchmarks import growth as growing
from benchmarks.append_report import report
from benchmarks.feeds import SAMPLE
from benchmarks.history_command import history
from benchmarks.kept import Json, keep
from benchmarks.machine import describe
from benchmarks.read_command import reads
from benchmarks.results import Results, figure
from benchmarks.server import create_database, started
from benchmarks.soak.command import soak
from cli import embedded

PLAN = appending.Plan()

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False)
app.add_typer(projection.app, name="projection")
app.command()(reads)
app.command()(history)
app.command()(soak)


@app.command("import")
def import_(
    feed: Annotated[Path, typer.Option(help="NDJSON to import, plain or gzip.")] = SAMPLE,
    copies: Annotated[
        int, typer.Option(min=1, help="How often to repeat the feed, under other SKUs.")
    ] = 25,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = 3,
    kill_worker: Annotated[  # noqa: FBT002 -- Typer makes --kill-worker of it
        bool, typer.Option(help="Kill the worker in the middle of every second round.")
    ] = False,
) -> None:
    """Import a feed into an empty catalog while a worker projects it."""
    with TemporaryDirectory(prefix="catalog-bench-") as directory:
        path = Path(directory)
        with embedded.postgres(path) as postgres, embedded.redis(path) as redis:
            asyncio.run(
                first_import.measure(
                    postgres.url,
                    redis.url,
                    path,
                    feed,
                    copies=copies,
                    rounds=rounds,
                    kill_worker=kill_worker,
                )
            )


@app.command()
def append(
    seconds: Annotated[
        float, typer.Option(min=0.1, help="How long each writes in a round, with each load.")
    ] = PLAN.seconds,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = PLAN.rounds,
    quick: Annotated[  # noqa: FBT002 -- Typer makes --quick of it
        bool, typer.Option(help="Only see that it runs: the log and a plain insert, few writers.")
    ] = False,
    kept_as: Json = None,
) -> None:
    """Append to the log with 1 to 256 writers, in turns with others who do less, or likewise."""
    plan = appending.QUICK if quick else appending.Plan(seconds=seconds, rounds=rounds)
    with started() as server:
        machine = describe(server)
        url = asyncio.run(create_database(server, "bench"))
        with typer.progressbar(appending.measure(url, plan), length=plan.cells) as cells:
            results = Results(list(cells))
    for line in report(results):
        print(line)
    print(f"\n{machine}; {plan.rounds} rounds of {plan.seconds:g} s")
    keep(kept_as, {"machine": asdict(machine), "cells": list(results.as_rows())})


@app.command()
def growth(
    events: Annotated[int, typer.Option(min=20_000, help="Of the long log.")] = 10_000_000,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = 15,
    appends: Annotated[int, typer.Option(min=64, help="In each block, of 64 writers.")] = 6_400,
    kept_as: Json = None,
) -> None:
    """Append to a log of ten thousand events and to one of ten million (minutes, 6 GB) in turns."""
    with started() as server:
        machine = describe(server)
        with typer.progressbar(length=events + growing.SMALL, label="filling") as bar:
            blocks = uvloop.run(growing.measure(server, events, rounds, appends, bar.update))
    small, large = (
        figure([seconds * 1e6 for seconds in of_log])
        for of_log in zip(*((block.small, block.large) for block in blocks), strict=True)
    )
    ratio = figure([block.large / block.small for block in blocks])
    print(f"µs an append, {growing.SMALL:,} events: {small:.1f}")
    print(f"µs an append, {events:,} events: {large:.1f}")
    print(f"ratio: {ratio:.2f}\n\n{machine}; {rounds} rounds of {appends} appends")
    keep(kept_as, {"machine": asdict(machine), "blocks": [asdict(block) for block in blocks]})


@app.command()
def streams(
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = 300,
    kept_as: Json = None,
) -> None:
    """Command a product of ten events and one of ten thousand in turns."""
    with started() as server:
        machine = describe(server)
        url = asyncio.run(create_database(server, "streams"))
        done = uvloop.run(long_streams.measure(url, rounds))
    for line in long_streams.report(done):
        print(line)
    print(f"\n{machine}; {rounds} rounds")
    keep(kept_as, {"machine": asdict(machine), "rounds": [asdict(each) for each in done]})


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    app()
