"""Readers that only ever ask for what comes after the last event that they met."""

import asyncio
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncEngine

from events.codec import Encoded
from events.database import driver
from events.errors import DatabaseUnavailable
from events.log import read_log
from events.recorded import Recorded
from tests.torture.history import Entry
from tests.torture.notebook import Notebook

PAUSE_SECONDS = 0.01


@dataclass(slots=True)
class Tail:
    engine: AsyncEngine
    limit: int
    notebook: Notebook
    met: list[Entry] = field(default_factory=list)

    async def read(self, over: asyncio.Event) -> None:
        """Until it is over and nothing is left."""
        while True:
            ending = over.is_set()
            try:
                found = await self._next()
            except DatabaseUnavailable:
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if ending and not found:
                return
            self.met += found
            self.notebook.head = max(self.notebook.head, self._last)
            if len(found) < self.limit:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _next(self) -> list[Entry]:
        async with driver(self.engine) as connection:
            found = await read_log(connection, "main", after=self._last, limit=self.limit)
        return [entry(recorded) for recorded in found]

    @property
    def _last(self) -> int:
        return self.met[-1].position if self.met else 0


def entry(recorded: Recorded) -> Entry:
    return Entry(
        position=recorded.position,
        stream=recorded.stream_id,
        version=recorded.version,
        fact=Encoded(recorded.type, recorded.schema_version, recorded.data),
        digest=recorded.digest,
    )
