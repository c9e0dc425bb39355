"""The catalogs that a process writes to, and the hints that follow its commits."""

import asyncio
from functools import partial

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.appending import KIND
from commands.hot import HotStreams
from commands.write_side import WriteSide
from events.appender import Appender
from events.nudge import nudge

HINT_SECONDS = 0.005
"""Between two hints: to send one takes as long as some writes."""


class WriteSides:
    def __init__(
        self,
        engine: AsyncEngine,
        redis: Redis,
        *,
        queue_limit: int,
        batch_limit: int,
        appender: type[Appender] = Appender,
    ) -> None:
        self._engine = engine
        self._redis = redis
        self._queue_limit = queue_limit
        self._batch_limit = batch_limit
        self._appender_type = appender
        self._hot = HotStreams()
        self._sides: dict[str, WriteSide] = {}
        self._grown: set[str] = set()
        self._any = asyncio.Event()

    def of(self, catalog: str) -> WriteSide:
        if catalog not in self._sides:
            self._sides[catalog] = WriteSide(self._appender(catalog), self._hot)
        return self._sides[catalog]

    def _appender(self, catalog: str) -> Appender:
        return self._appender_type(
            self._engine,
            catalog,
            KIND,
            queue_limit=self._queue_limit,
            batch_limit=self._batch_limit,
            committed=partial(self._committed, catalog),
        )

    def waiting(self) -> dict[str, int]:
        """How many appends wait for a commit, by catalog."""
        return {catalog: side.appender.waiting for catalog, side in self._sides.items()}

    async def drain(self) -> None:
        for side in self._sides.values():
            await side.drain()

    async def nudging(self) -> None:
        """Tell the worker of commits, for ever; what comes meanwhile is one hint."""
        while True:
            await self._any.wait()
            self._any.clear()
            while self._grown:
                await nudge(self._redis, self._grown.pop())
            await asyncio.sleep(HINT_SECONDS)

    def _committed(self, catalog: str) -> None:
        self._grown.add(catalog)
        self._any.set()
