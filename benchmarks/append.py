"""Appends a second and their latency: the log's beside those of others, in the same minutes.

Contestants take turns within a round, so that whatever else the machine does befalls all alike.
"""

import asyncio
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from time import monotonic

from benchmarks.contestants.lineup import ALL, OURS, PLAIN, Contestant
from benchmarks.load import Load, Window, together
from benchmarks.server import administer, delay_commits
from events.database import statement

FLOORS = statement(__package__, "sql/floors.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    contestants: Sequence[Contestant] = ALL
    writers: Sequence[int] = (1, 16, 64, 256)
    delays: Sequence[int] = (0, 1, 5)
    """Of a commit, in milliseconds."""
    rounds: int = 3
    seconds: float = 1.5
    warm_up_seconds: float = 0.6
    """To connect, to prepare statements and to get going, before the time that counts."""

    @property
    def loads(self) -> list[tuple[int, Contestant]]:
        """Numbers of writers, and who can split them among its processes."""
        return [
            (writers, contestant)
            for writers, contestant in product(self.writers, self.contestants)
            if contestant.processes <= writers
        ]

    @property
    def cells(self) -> int:
        return self.rounds * len(self.delays) * len(self.loads)


QUICK = Plan(contestants=(OURS, PLAIN), writers=(1, 16), delays=(0,), rounds=1, seconds=0.5)


@dataclass(frozen=True, slots=True)
class Cell:
    """One contestant with so many writers, once."""

    contestant: str
    writers: int
    delay: int
    round: int
    load: Load

    def latency_ms(self, share: float) -> float:
        """What that share of the appends took at most."""
        latencies = sorted(self.load.latencies)
        return latencies[int(len(latencies) * share)] * 1000


def measure(url: str, plan: Plan) -> Iterator[Cell]:
    """The cells one after the other, on a migrated database whose user is a superuser."""
    asyncio.run(administer(url, FLOORS))
    with _processes(max(contestant.processes for contestant in plan.contestants)) as processes:
        for n, delay in product(range(plan.rounds), plan.delays):
            asyncio.run(delay_commits(url, delay))
            for writers, contestant in plan.loads:
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
