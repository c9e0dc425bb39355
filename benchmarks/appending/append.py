"""Appends a second and their latency: the log's beside those of others, in the same minutes.

Contestants take turns within a round, so that whatever else the machine does befalls all alike.
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from math import inf
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from time import monotonic

from benchmarks.appending.contestants.lineup import ALL, ONE_EACH, OURS, PLAIN, Contestant
from benchmarks.asking.load import Load, Window, together
from benchmarks.harness.order import there_and_back
from benchmarks.harness.server import administer, delay_commits
from events.database import statement

FLOORS = statement(__package__, "sql/floors.sql")


type Crowd = tuple[int, Contestant]
"""So many writers, all of one kind."""

CROWDS = tuple(
    (writers, contestant)
    for writers, contestant in product((1, 16, 64, 256), ALL)
    if contestant.processes <= writers  # it splits them among its processes
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    crowds: Sequence[Crowd] = CROWDS
    delays: Sequence[int] = (0, 1)
    """Of a commit, in milliseconds."""
    rounds: int = 3
    seconds: float = 1.0
    warm_up_seconds: float = 0.6
    """To connect, to prepare statements and to get going, before the time that counts."""

    @property
    def cells(self) -> int:
        return self.rounds * len(self.delays) * len(self.crowds)


QUICK = Plan(
    crowds=((1, OURS), (1, PLAIN), (16, OURS), (16, ONE_EACH), (64, OURS), (64, PLAIN)),
    delays=(0,),
    seconds=0.4,
    warm_up_seconds=0.3,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One contestant with so many writers, once."""

    contestant: str
    writers: int
    delay: int
    round: int
    load: Load

    def latency_ms(self, share: float) -> float:
        """What that share of the appends took at most; endless where none was answered."""
        latencies = sorted(self.load.latencies)
        return latencies[int(len(latencies) * share)] * 1000 if latencies else inf


def measure(url: str, plan: Plan) -> Iterator[Cell]:
    """The cells one after the other, on a migrated database whose user is a superuser."""
    asyncio.run(administer(url, FLOORS))
    with _processes(max(contestant.processes for _, contestant in plan.crowds)) as processes:
        for n, delay in product(range(plan.rounds), plan.delays):
            asyncio.run(delay_commits(url, delay))
            for writers, contestant in there_and_back(plan.crowds, n):
                load = _load(processes, url, contestant, writers, plan)
                yield Cell(contestant.name, writers, delay, n, load)


@contextmanager
def _processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that have started: no cell has to wait for one."""
    context = get_context("spawn")
    barrier = context.Barrier(count)
    with ProcessPoolExecutor(count, context, _meet, (barrier,)) as processes:
        list(processes.map(abs, range(count)))
        yield processes


def _meet(barrier: Barrier) -> None:
    barrier.wait()


def _load(
    processes: ProcessPoolExecutor, url: str, contestant: Contestant, writers: int, plan: Plan
) -> Load:
    begin = monotonic() + plan.warm_up_seconds
    window = Window(begin, begin + plan.seconds)
    return together(
        list(
            processes.map(
                contestant.write,
                [url] * contestant.processes,
                _shares(writers, contestant.processes),
                [window] * contestant.processes,
            )
        )
    )


def _shares(writers: int, processes: int) -> list[int]:
    return [writers // processes + (n < writers % processes) for n in range(processes)]
