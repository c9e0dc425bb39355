"""A log that was filled without a service, and who appends to it and reads its streams."""

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from benchmarks.harness.server import administer, create_database, database_url
from benchmarks.material.filling import Filled, fill, stream
from benchmarks.material.story import CATALOG, EVENTS_A_PRODUCT, PRICED, REGISTERED, asked
from commands.appending import KIND
from commands.load import load
from events.append import Append, Appended
from events.appender import Appender
from events.database import driver, pool

SHORT = 1_000_000
"""A log of fewer events is copied anew for each of its turns, so that it stays short."""
POOL = 4


@dataclass(slots=True)
class Story:
    """Appends to a filled log: who knows a stream knows its version, too."""

    streams: int
    _versions: dict[int, int] = field(default_factory=dict)

    def told(self) -> Iterator[Append]:
        """Half of them to new streams, half to streams at random."""
        while True:
            yield asked(uuid7(), REGISTERED, 0)
            n = random.randrange(self.streams)  # noqa: S311 -- nothing to guess
            version = self._versions.get(n, EVENTS_A_PRODUCT)
            self._versions[n] = version + 1
            yield asked(stream(n), PRICED, version)


@dataclass(frozen=True, slots=True)
class Opened:
    """As one process has it in a turn."""

    engine: AsyncEngine
    appender: Appender
    story: Iterator[Append]
    streams: int

    async def append(self) -> None:
        outcome = await self.appender.append(next(self.story))
        if not isinstance(outcome, Appended):
            raise TypeError(outcome)

    async def read(self) -> None:
        """One stream of those that were filled in, folded."""
        n = random.randrange(self.streams)  # noqa: S311 -- nothing to guess
        async with driver(self.engine) as connection:
            loaded = await load(connection, CATALOG, stream(n))
        if loaded.version < EVENTS_A_PRODUCT:
            raise ValueError(loaded)


@dataclass(slots=True)
class Log:
    server: str
    events: int
    story: Story
    _copies: int = 0

    @property
    def name(self) -> str:
        return f"log_{self.events}"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Opened]:
        name, story = self.name, self.story
        if self.events < SHORT:
            name, story = await self._copied(), Story(self.story.streams)
        async with pool(
            database_url(self.server, name), application="catalog-bench", pool_size=POOL
        ) as engine:
            appender = Appender(engine, CATALOG, KIND, queue_limit=2_000, batch_limit=500)
            yield Opened(engine, appender, story.told(), story.streams)

    async def _copied(self) -> str:
        """It stays until the server goes: to drop it would write all that is in memory to disk."""
        self._copies += 1
        name = f"{self.name}_{self._copies}"
        await administer(self.server, f"create database {name} template {self.name}")
        return name


async def filled_log(server: str, events: int, filled: Filled) -> Log:
    log = Log(server, events, Story(events // EVENTS_A_PRODUCT))
    await fill(await create_database(server, log.name), log.story.streams, filled)
    return log
