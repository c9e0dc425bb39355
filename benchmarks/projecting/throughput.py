"""Events a second from the log to all read tables, beside a COPY of the same events.

In each round the ways take turns on a fresh copy of one database.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness.fresh import fresh
from benchmarks.harness.installation import Installation
from benchmarks.harness.server import administer
from benchmarks.projecting.ways import (
    COMPLETE,
    COPY,
    LIVE,
    REBUILT,
    Taken,
    copied,
    live,
    rebuilt,
)

type Way = Callable[[Installation, int], Taken]
"""How the log, up to a position, gets somewhere else."""

WAYS: Sequence[Way] = (copied, live, rebuilt)
NAMES = (COPY, LIVE, COMPLETE, REBUILT)
"""What is told of them, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    feeds: Sequence[Path] = ()
    """Of a supplier's catalog on some days; else of the sample."""
    events: int = 100_000
    """Of the log, at least."""
    rounds: int = 2


QUICK = Plan(events=10_000, rounds=3)


@dataclass(frozen=True, slots=True)
class Pass:
    way: str
    round: int
    events: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.events / self.seconds


def measure(installation: Installation, events: int, rounds: int) -> Iterator[Pass]:
    """On copies of the installation's database, which holds that many events and no read model."""
    for n in range(rounds):
        with fresh(installation, f"bench_round_{n}") as turn:
            for way in WAYS:
                asyncio.run(administer(turn.database_url, "checkpoint"))
                for name, seconds in way(turn, events).items():
                    yield Pass(name, n, events, seconds)
