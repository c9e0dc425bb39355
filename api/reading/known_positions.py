"""How far every catalog has come, as far as this process knows."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from itertools import product

from asyncpg import PostgresError
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.reading.standing import Standing
from events.database import driver
from events.errors import DatabaseUnavailable
from events.nudge import listen
from projections.cached import PROJECTED, Announcement
from queries.positions import Source, read_positions

POLL_SECONDS = 0.1
POLLS_WHILE_HEARD = 5
"""Every how many polls PostgreSQL is asked of a catalog from which hints come in."""
BELIEVED_SECONDS = 0.25
"""How long the read tables are taken to stand where they stood; of the rest nothing is heard."""
type Announced = Callable[[Announcement], None]
SOURCES: tuple[Source, ...] = ("appended", "projected", "signed")


class KnownPositions:
    """Redis tells of them, and so does each answer; PostgreSQL is asked while somebody waits."""

    def __init__(self, engine: AsyncEngine, redis: Redis, announced: Announced) -> None:
        """`announced` is told of each announcement before anybody goes on because of it."""
        self._engine = engine
        self._redis = redis
        self._announced = announced
        self._standings: dict[tuple[Source, str], Standing] = {}
        self._waiting: Counter[str] = Counter()
        self._wanted = asyncio.Event()

    @property
    def waiting(self) -> int:
        return self._waiting.total()

    def waiting_for(self, catalog: str) -> int:
        return self._waiting[catalog]

    def of(self, source: Source, catalog: str) -> Standing:
        key = source, catalog
        if key not in self._standings:
            seconds = BELIEVED_SECONDS if source == "projected" else 0.0
            self._standings[key] = Standing(believed_seconds=seconds)
        return self._standings[key]

    @contextmanager
    def wanted(self, catalog: str) -> Iterator[None]:
        """One more waits until the block ends."""
        self._waiting[catalog] += 1
        self._wanted.set()
        try:
            yield
        finally:
            self._waiting[catalog] -= 1
            if not self._waiting[catalog]:
                del self._waiting[catalog]

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(self._redis, PROJECTED, self._heard))
            group.create_task(self._poll())

    def _heard(self, message: str) -> None:
        """What is projected had been appended."""
        with suppress(ValueError):
            announced = Announcement.parse(message)
            self._announced(announced)
            for source in ("appended", "projected"):
                self.of(source, announced.catalog).hear(announced.position)

    async def _poll(self) -> None:
        turn = 0
        while True:
            await self._wanted.wait()
            await asyncio.sleep(POLL_SECONDS)
            if not self._waiting:
                self._wanted.clear()
            elif catalogs := [each for each in self._waiting if self._is_due(each, turn)]:
                with suppress(DatabaseUnavailable, PostgresError):
                    await self._ask(catalogs)
            turn += 1

    def _is_due(self, catalog: str, turn: int) -> bool:
        return turn % POLLS_WHILE_HEARD == 0 or not self.of("projected", catalog).is_heard()

    async def _ask(self, catalogs: Collection[str]) -> None:
        async with driver(self._engine) as connection:
            believed = {key: self.of(*key).position for key in product(SOURCES, catalogs)}
            found = await read_positions(connection, catalogs)
        for each in found:
            key = each.source, each.catalog
            self.of(*key).prove(each.position, believed=believed[key])
