"""Resident memory of processes, as long as they are asked."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import median

import psutil

from benchmarks.soak.stage import Stage

EACH_SECONDS = 1.0
WARM, END = (0.3, 0.4), (0.9, 1.0)
"""Of a process's life: by the first, what it remembers has been gathered."""
QUARTERS = (0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.75, 1.0)
MIB = 2**20
SHORTEST = 30
"""Samples of a life that can be told anything from."""


@dataclass(frozen=True, slots=True)
class Grown:
    process: str
    samples: Sequence[float]
    """MiB, one a second."""

    @property
    def warm(self) -> float:
        return self._median(WARM)

    @property
    def end(self) -> float:
        return self._median(END)

    @property
    def growth(self) -> float:
        return self.end / self.warm - 1

    @property
    def quarters(self) -> Sequence[float]:
        return [self._median(each) for each in QUARTERS]

    @property
    def later_growth(self) -> float:
        """Within the second half: what goes on growing shows here, too."""
        *_, third, last = self.quarters
        return last / third - 1

    def _median(self, window: tuple[float, float]) -> float:
        first, last = (int(len(self.samples) * share) for share in window)
        return median(self.samples[first : max(last, first + 1)])


class Memory:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._samples: dict[tuple[str, int], list[float]] = {}

    async def watch(self) -> None:
        """Until cancelled."""
        while True:
            for name, pid in self._processes():
                with suppress(psutil.Error):
                    bytes_held = psutil.Process(pid).memory_info().rss
                    self._samples.setdefault((name, pid), []).append(bytes_held / MIB)
            await asyncio.sleep(EACH_SECONDS)

    def grown(self) -> Iterator[Grown]:
        """Those that were there at the end, and for long enough."""
        there = set(self._processes())
        for (name, pid), samples in self._samples.items():
            if (name, pid) in there and len(samples) >= SHORTEST:
                yield Grown(f"{name} ({pid})", samples)

    def _processes(self) -> Iterator[tuple[str, int]]:
        yield "worker", self._stage.worker.process.pid
        yield "supervisor", self._stage.api.process.pid
        for pid in sorted(self._stage.serving):
            yield "API", pid
