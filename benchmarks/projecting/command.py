"""`make bench ARGS='projection …'`: how soon, how fast, and how quietly the read side is built."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.harness.kept import Json
from benchmarks.harness.telling import tell
from benchmarks.projecting import lag as lagging
from benchmarks.projecting import lag_part, rebuild_part, throughput_part
from benchmarks.projecting import rebuild as watched
from benchmarks.projecting import throughput as throughputs

FILLING, LAG, LOAD = throughputs.Plan(), lagging.Plan(), watched.Plan()

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
Quick = Annotated[bool, typer.Option("--quick", help="Few events, for a short time.")]
NO_FEEDS: list[Path] = []

app = typer.Typer(no_args_is_help=True, help="What the worker does in a second, and how soon.")


@app.command()
def throughput(
    feed: Feeds = NO_FEEDS,
    events: Events = FILLING.events,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the median counts.")] = FILLING.rounds,
    quick: Quick = False,  # noqa: FBT002 -- Typer makes --quick of it
    kept_as: Json = None,
) -> None:
    """Events a second from the log to all read tables, beside a COPY of the same events."""
    full = throughputs.Plan(feeds=feed, events=events, rounds=rounds)
    plan = replace(throughputs.QUICK, feeds=feed) if quick else full
    tell(throughput_part.measured(plan), kept_as)


@app.command()
def lag(
    feed: Feeds = NO_FEEDS,
    events: Events = LAG.events,
    seconds: Annotated[float, typer.Option(min=0.1, help="For each rate.")] = LAG.seconds,
    hint: Annotated[  # noqa: FBT002 -- Typer makes --hint and --no-hint of it
        bool, typer.Option(help="Tell the worker of writes; else it learns by polling alone.")
    ] = True,
    quick: Quick = False,  # noqa: FBT002 -- as above
    kept_as: Json = None,
) -> None:
    """From an append until reads reflect it, with 100, 500 and 2,000 writes a second."""
    plan = lagging.QUICK if quick else lagging.Plan(events=events, seconds=seconds)
    tell(lag_part.measured(replace(plan, feeds=feed, hints=hint)), kept_as)


@app.command()
def rebuild(
    feed: Feeds = NO_FEEDS,
    events: Events = LOAD.events,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="Before the rebuild begins.")
    ] = LOAD.seconds,
    quick: Quick = False,  # noqa: FBT002 -- as above
    kept_as: Json = None,
) -> None:
    """Rebuild the read tables under 200 writes and 500 reads a second over HTTP."""
    plan = watched.QUICK if quick else watched.Plan(events=events, seconds=seconds)
    tell(rebuild_part.measured(replace(plan, feeds=feed)), kept_as)
