"""Writers who ask again as soon as they were answered, and what they saw of it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from time import monotonic


@dataclass(frozen=True, slots=True)
class Window:
    """The time that counts, by the clock that all processes share. Writers start before it."""

    begin: float
    end: float

    @property
    def seconds(self) -> float:
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Load:
    per_second: float
    """Appends that were answered."""
    latencies: list[float]
    """In seconds, of all of them or of a sample."""


def together(loads: Sequence[Load]) -> Load:
    """Of several processes in one window."""
    return Load(
        sum(load.per_second for load in loads),
        list(chain.from_iterable(load.latencies for load in loads)),
    )


async def by_tasks(window: Window, writes: Sequence[Callable[[], Awaitable[object]]]) -> Load:
    return _load(window, await asyncio.gather(*(_task(window, write) for write in writes)))


def by_threads(window: Window, writes: Sequence[Callable[[], object]]) -> Load:
    with ThreadPoolExecutor(len(writes)) as threads:
        return _load(window, list(threads.map(lambda write: _thread(window, write), writes)))


async def _task(window: Window, write: Callable[[], Awaitable[object]]) -> list[float]:
    latencies = []
    while (asked := monotonic()) < window.end:
        await write()
        if window.begin <= (answered := monotonic()) < window.end:
            latencies.append(answered - asked)
    return latencies


def _thread(window: Window, write: Callable[[], object]) -> list[float]:
    latencies = []
    while (asked := monotonic()) < window.end:
        write()
        if window.begin <= (answered := monotonic()) < window.end:
            latencies.append(answered - asked)
    return latencies


def _load(window: Window, of_writers: Sequence[list[float]]) -> Load:
    latencies = list(chain.from_iterable(of_writers))
    return Load(len(latencies) / window.seconds, latencies)
