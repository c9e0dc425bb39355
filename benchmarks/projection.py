"""`make bench ARGS='projection …'`: how soon, how fast, and how quietly the read side is built."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from benchmarks import projection_lag as lagging
from benchmarks import projection_rebuild as watched
from benchmarks import projection_throughput as throughputs
from benchmarks.feeds import read_snapshots
from benchmarks.filled_catalog import fill
from benchmarks.installation import Installation, installed
from benchmarks.kept import Json, keep
from benchmarks.machine import Machine, describe
from benchmarks.rebuilding import by_command
from benchmarks.server import create_database

LAG, LOAD = lagging.Plan(), watched.Plan()
FEW = 5_000
"""Events that are enough to see that it runs."""

Feeds = Annotated[
    list[Path],
    typer.Option(
        "--feed",
        help="NDJSON of all products, plain or gzip, with its day (YYYY-MM-DD) in its name;"
        " repeat it for later days. Else months that are made of the sample catalog.",
    ),
]
Events = Annotated[
    int, typer.Option(min=1, help="Of the log, at least: the feeds are repeated with other SKUs.")
]
Quick = Annotated[bool, typer.Option("--quick", help="Only see that it runs.")]
NO_FEEDS: list[Path] = []

app = typer.Typer(no_args_is_help=True, help="What the worker does in a second, and how soon.")


@app.command()
def throughput(
    feed: Feeds = NO_FEEDS,
    events: Events = 100_000,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = 3,
    quick: Quick = False,  # noqa: FBT002 -- Typer makes --quick of it
    kept_as: Json = None,
) -> None:
    """Events a second from the log to all read tables, beside a COPY of the same events."""
    if quick:
        events, rounds = FEW, 1
    with _filled(feed, events) as (machine, installation, head):
        passes = list(throughputs.measure(installation, head, rounds))
    for line in throughputs.report(passes):
        print(line)
    print(f"\n{machine}; {rounds} rounds of {head:,} events")
    keep(kept_as, {"machine": asdict(machine), "passes": [asdict(each) for each in passes]})


@app.command()
def lag(
    feed: Feeds = NO_FEEDS,
    events: Events = 100_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="For each rate.")] = LAG.seconds,
    hint: Annotated[  # noqa: FBT002 -- Typer makes --hint and --no-hint of it
        bool, typer.Option(help="Tell the worker of writes; else it learns by polling alone.")
    ] = True,
    quick: Quick = False,  # noqa: FBT002 -- as above
    kept_as: Json = None,
) -> None:
    """From an append until reads reflect it, with 100, 500 and 2,000 writes a second."""
    plan = replace(lagging.QUICK if quick else lagging.Plan(seconds=seconds), hints=hint)
    with _filled(feed, FEW if quick else events) as (machine, installation, head):
        lags = lagging.measure(installation, head, plan)
    for line in lagging.report(lags):
        print(line)
    how = "with hints" if plan.hints else "by polling alone"
    print(f"\n{machine}; {plan.seconds:g} s for each rate, {how}, in a log of {head:,} events")
    figures = [asdict(each) for each in lags]
    keep(kept_as, {"machine": asdict(machine), "hints": plan.hints, "lags": figures})


@app.command()
def rebuild(
    feed: Feeds = NO_FEEDS,
    events: Events = 300_000,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="Before the rebuild begins.")
    ] = LOAD.seconds,
    quick: Quick = False,  # noqa: FBT002 -- as above
    kept_as: Json = None,
) -> None:
    """Rebuild the read tables under 200 writes and 500 reads a second over HTTP."""
    plan = watched.QUICK if quick else watched.Plan(seconds=seconds)
    with _filled(feed, FEW if quick else events) as (machine, installation, head):
        outcome = watched.measure(installation, head, by_command, plan)
    for line in watched.report(outcome):
        print(line)
    print(f"\n{machine}; a log of {head:,} events")
    keep(kept_as, {"machine": asdict(machine), "outcome": asdict(outcome)})
    if not outcome.flawless:
        sys.exit("requests failed, or were answered from before what they asked for")


@contextmanager
def _filled(feeds: list[Path], events: int) -> Iterator[tuple[Machine, Installation, int]]:
    """Servers with a catalog of so many events or more, and of how many."""
    with installed() as servers:
        machine = describe(servers.database_url)
        url = uvloop.run(create_database(servers.database_url, "bench"))
        with typer.progressbar(length=events, label="filling") as bar:
            head = uvloop.run(fill(url, read_snapshots(feeds), events, bar.update))
        yield machine, replace(servers, database_url=url), head
