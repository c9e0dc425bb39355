"""Reads that wait, and what they hear meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.reading.freshness import Freshness
from events.nudge import channel
from projections.cached import EVERYTHING, PROJECTED, Announcement
from queries.answer import Answer
from queries.document import Document
from tests.eventually import eventually
from tests.reading import read_stored

AWAY = "redis://127.0.0.1:1"
LONG = 30.0


@dataclass(slots=True)
class Reading:
    """Reads a product from PostgreSQL, and counts."""

    engine: AsyncEngine
    made: int = 0
    at_once: int = 0
    most_at_once: int = 0

    async def __call__(self) -> Answer[Document | None]:
        self.made += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        answer = await read_stored(self.engine)
        self.at_once -= 1
        return answer


def nobody(_told: Announcement) -> None:
    """Forgets anything because of it."""


@asynccontextmanager
async def running(
    engine: AsyncEngine, redis: Redis, *, waiting_limit: int = 10_000, reading_limit: int = 10
) -> AsyncIterator[Freshness]:
    freshness = Freshness(
        engine, redis, nobody, waiting_limit=waiting_limit, reading_limit=reading_limit
    )
    task = asyncio.create_task(freshness.run())
    try:
        yield freshness
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], bool]) -> None:
    async def found() -> bool:
        return holds()

    await eventually(found)


async def waiting(freshness: Freshness, count: int) -> None:
    await until(lambda: freshness.waiting == count)


async def taught(freshness: Freshness, position: int) -> None:
    """A read has reflected that position."""

    async def read() -> Answer[None]:
        return Answer(None, position)

    await freshness.reflecting("main", 0, 0, read)


async def listening(redis: Redis) -> None:
    name = channel(redis, PROJECTED)

    async def one_listens() -> bool:
        return bool(await redis.pubsub_numsub(name) == [(name.encode(), 1)])

    await eventually(one_listens)


async def announced(redis: Redis, position: int, catalog: str = "main") -> None:
    await redis.publish(channel(redis, PROJECTED), f"{catalog} {position} {EVERYTHING}")
