"""Events a second from the log to all read tables, beside a COPY of the same events.

In each round the ways take turns on a fresh copy of one database.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from redis.asyncio import Redis

from benchmarks.append_report import table
from benchmarks.installation import Installation
from benchmarks.projection_ways import (
    COMPLETE,
    COPY,
    LIVE,
    REBUILT,
    Taken,
    copied,
    live,
    rebuilt,
)
from benchmarks.results import Figure, figure
from benchmarks.server import administer, copy_database

type Way = Callable[[Installation, int], Taken]
"""How the log, up to a position, gets somewhere else."""

WAYS: Sequence[Way] = (copied, live, rebuilt)
NAMES = (COPY, LIVE, COMPLETE, REBUILT)
"""What is told of them, in their order."""


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
        url = asyncio.run(copy_database(installation.database_url, f"bench_round_{n}"))
        asyncio.run(_flush(installation.redis_url))
        for way in WAYS:
            asyncio.run(administer(url, "checkpoint"))
            taken = way(replace(installation, database_url=url), events)
            for name, seconds in taken.items():
                yield Pass(name, n, events, seconds)
        asyncio.run(administer(installation.database_url, f"drop database bench_round_{n}"))


async def _flush(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()


def report(passes: Sequence[Pass]) -> Iterator[str]:
    head = ["", "times as long as COPY", "events a second"]
    rows = [
        [way, f"{_ratio(passes, way):.1f}", f"{_per_second(passes, way):,.0f}"] for way in NAMES
    ]
    return table(head, rows)


def _ratio(passes: Sequence[Pass], way: str) -> Figure:
    """Round by round, so that what befell both weighs on neither."""
    pairs = zip(_of(passes, way), _of(passes, COPY), strict=True)
    return figure([one.seconds / other.seconds for one, other in pairs])


def _per_second(passes: Sequence[Pass], way: str) -> Figure:
    return figure([each.per_second for each in _of(passes, way)])


def _of(passes: Sequence[Pass], way: str) -> list[Pass]:
    return [each for each in passes if each.way == way]
