"""Each hot path by itself: what a request takes, where it goes, and how long a lone one waits."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import median

from benchmarks.asking.asking import Ask, Asked
from benchmarks.profiling.paths import HotPath
from benchmarks.profiling.profiles import Profile
from benchmarks.profiling.serving import Used, listening, using
from benchmarks.profiling.spying import recorded
from benchmarks.profiling.stacks import stacks

MARGIN_SECONDS = 1
"""Of asking, before and after py-spy looks."""
MICROSECONDS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    rounds: int = 3
    seconds: int = 3
    """Of a turn in which nobody looks."""
    profiled_seconds: int = 10
    connections: int = 16
    raw: Path | None = None
    """A directory for what py-spy wrote."""


@dataclass(frozen=True, slots=True)
class Turn:
    asked: Asked
    used: Used

    @property
    def requests(self) -> int:
        return self.asked.requests + self.asked.failed

    def each(self, seconds: float) -> float:
        """Microseconds of a request."""
        return MICROSECONDS * seconds / self.requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    path: HotPath
    turns: Sequence[Turn]
    """In which nobody looked, in rounds."""
    lone: Turn
    """On one connection."""
    looked_at: Turn
    """While py-spy looked; what was asked began before and ended after that."""
    profile: Profile

    @property
    def microseconds(self) -> float:
        """Of a processor, for a request."""
        return median(turn.each(turn.used.processor) for turn in self.turns)

    @property
    def kernel_microseconds(self) -> float:
        return median(turn.each(turn.used.kernel) for turn in self.turns)

    @property
    def per_second(self) -> float:
        return median(turn.asked.per_second for turn in self.turns)

    @property
    def failed(self) -> int:
        """Requests that were not answered as they should be."""
        return sum(turn.asked.failed for turn in (self.looked_at, self.lone, *self.turns))


async def measure(
    paths: Sequence[HotPath], ask: Ask, plan: Plan, directory: Path, told: Callable[[str], None]
) -> list[Measured]:
    """One after the other; `told` hears of each turn.

    What py-spy writes goes to the directory of the plan, or else to `directory`. Raises
    NotAllowedError.
    """
    kept = plan.raw or directory
    kept.mkdir(parents=True, exist_ok=True)
    measuring = _Measuring(ask, plan, kept, told)
    return [await measuring(path) for path in paths]


@dataclass(frozen=True, slots=True)
class _Measuring:
    ask: Ask
    plan: Plan
    directory: Path
    told: Callable[[str], None]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    async def __call__(self, path: HotPath) -> Measured:
        connections = self.plan.connections
        await self._turn(path, connections)  # by now what it remembers of products is there
        turns = [await self._turn(path, connections) for _ in range(self.plan.rounds)]
        lone = await self._turn(path, 1)
        looked_at, profile = await self._looked_at(path)
        return Measured(path=path, turns=turns, lone=lone, looked_at=looked_at, profile=profile)

    async def _turn(self, path: HotPath, connections: int) -> Turn:
        asking = path.asking(next(self.numbers), connections)
        async with using(path.address) as used:
            asked = await self.ask(asking, self.plan.seconds)
        self.told(f"{path.operation}, {connections} connections: {asked.per_second:,.0f} a second")
        return Turn(asked, used)

    async def _looked_at(self, path: HotPath) -> tuple[Turn, Profile]:
        asking = path.asking(next(self.numbers), self.plan.connections)
        seconds = self.plan.profiled_seconds
        asked, (raw, used) = await asyncio.gather(
            self.ask(asking, seconds + 2 * MARGIN_SECONDS), self._recorded(path, seconds)
        )
        self.told(f"{path.operation}, looked at: {asked.per_second:,.0f} a second")
        return Turn(asked, used), Profile(list(stacks(raw)))

    async def _recorded(self, path: HotPath, seconds: float) -> tuple[str, Used]:
        await asyncio.sleep(MARGIN_SECONDS)
        kept = self.directory / f"{path.name}.raw"
        async with using(path.address) as used:
            raw = await recorded(listening(path.address).pid, seconds, kept)
        return raw, used
