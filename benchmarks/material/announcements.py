"""What the read side announced, and when this process heard of it."""

import asyncio
from bisect import bisect_left
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

from redis.asyncio import Redis

from benchmarks.material.projected import PATIENCE_SECONDS
from events.nudge import listen
from projections.cached import PROJECTED


@dataclass(slots=True)
class Announcements:
    _positions: list[int] = field(default_factory=lambda: [-1])
    _moments: list[float] = field(default_factory=lambda: [0.0])
    _moved: asyncio.Event = field(default_factory=asyncio.Event)

    def heard(self, message: str) -> None:
        """A catalog and its position, as `Publisher.announce` sends them; there is one catalog."""
        position = int(message.split()[1])
        if position > self._positions[-1]:
            self._positions.append(position)
            self._moments.append(monotonic())
            self._moved.set()

    def moment(self, position: int) -> float:
        """When it was first heard that what is read reflects that position."""
        return self._moments[bisect_left(self._positions, position)]

    async def reach(self, position: int) -> None:
        """Raises `TimeoutError`."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self._positions[-1] < position:
                self._moved.clear()
                await self._moved.wait()


@asynccontextmanager
async def announced(redis: Redis) -> AsyncIterator[Announcements]:
    announcements = Announcements()
    async with asyncio.TaskGroup() as group:
        listening = group.create_task(listen(redis, PROJECTED, announcements.heard))
        yield announcements
        listening.cancel()
