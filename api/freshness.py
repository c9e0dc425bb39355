"""Read your own writes: a read waits until the read side has reached a position."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic

from asyncpg import PostgresError
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.errors import ProjectionBehind
from events.database import driver
from events.errors import DatabaseUnavailable
from events.nudge import listen
from projections.projector import read_progress
from projections.publish import PROJECTED
from queries.answer import Answer

POLL_SECONDS = 0.1


class Freshness:
    """What the process has heard of checkpoints; PostgreSQL is asked only while somebody waits."""

    def __init__(self, engine: AsyncEngine, redis: Redis) -> None:
        self._engine = engine
        self._redis = redis
        self._known: dict[str, int] = {}
        self._moved = asyncio.Event()
        self._waiting = 0
        self._wanted = asyncio.Event()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(self._redis, PROJECTED, self._heard))
            group.create_task(self._poll())

    async def reflecting[T](
        self,
        catalog: str,
        minimum: int,
        wait_seconds: float,
        read: Callable[[], Awaitable[Answer[T]]],
    ) -> Answer[T]:
        """The first answer of `read` that reflects `minimum`. Raises `ProjectionBehind`."""
        deadline = monotonic() + wait_seconds
        while (answer := await read()).position < minimum:
            await self._wait(catalog, minimum, answer.position, deadline)
        return answer

    async def _wait(self, catalog: str, minimum: int, position: int, deadline: float) -> None:
        """Until the checkpoint was heard to be there, or a little while when it was before."""
        self._waiting += 1
        self._wanted.set()
        try:
            async with asyncio.timeout(deadline - monotonic()):
                if self._known.get(catalog, 0) >= minimum:
                    await asyncio.sleep(POLL_SECONDS)
                while self._known.get(catalog, 0) < minimum:
                    await self._moved.wait()
        except TimeoutError:
            raise ProjectionBehind(position=position, minimum=minimum) from None
        finally:
            self._waiting -= 1

    def _heard(self, message: str) -> None:
        catalog, _, position = message.rpartition(" ")
        self._advance(catalog, int(position))

    def _advance(self, catalog: str, position: int) -> None:
        if position > self._known.get(catalog, 0):
            self._known[catalog] = position
            self._moved.set()
            self._moved = asyncio.Event()

    async def _poll(self) -> None:
        while True:
            await self._wanted.wait()
            if not self._waiting:
                self._wanted.clear()
                continue
            with suppress(DatabaseUnavailable, PostgresError):
                async with driver(self._engine) as connection:
                    for progress in await read_progress(connection):
                        self._advance(progress.catalog, progress.checkpoint)
            await asyncio.sleep(POLL_SECONDS)
