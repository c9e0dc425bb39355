"""The appenders of a process, one for each catalog, and the hints that follow their commits."""

import asyncio
from functools import partial

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.handle import KIND
from events.appender import Appender
from events.nudge import nudge


class Appenders:
    def __init__(
        self, engine: AsyncEngine, redis: Redis, *, queue_limit: int, batch_limit: int
    ) -> None:
        self._engine = engine
        self._redis = redis
        self._queue_limit = queue_limit
        self._batch_limit = batch_limit
        self._appenders: dict[str, Appender] = {}
        self._grown: set[str] = set()
        self._any = asyncio.Event()

    def of(self, catalog: str) -> Appender:
        if catalog not in self._appenders:
            self._appenders[catalog] = Appender(
                self._engine,
                catalog,
                KIND,
                queue_limit=self._queue_limit,
                batch_limit=self._batch_limit,
                committed=partial(self._committed, catalog),
            )
        return self._appenders[catalog]

    def waiting(self) -> dict[str, int]:
        """How many appends wait for a commit, by catalog."""
        return {catalog: appender.waiting for catalog, appender in self._appenders.items()}

    async def drain(self) -> None:
        for appender in self._appenders.values():
            await appender.drain()

    async def nudging(self) -> None:
        """Tell the worker of commits, for ever; what comes meanwhile is one hint."""
        while True:
            await self._any.wait()
            self._any.clear()
            while self._grown:
                await nudge(self._redis, self._grown.pop())

    def _committed(self, catalog: str) -> None:
        self._grown.add(catalog)
        self._any.set()
