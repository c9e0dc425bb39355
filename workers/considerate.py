"""An import leaves readers room: what it appends is to be seen soon, and what others append too."""

import asyncio
from collections.abc import Sequence
from time import monotonic

from events.append import Append, Outcome
from events.appender import Appender
from events.database import driver
from projections.projector import read_progress

MOST_LAG_SECONDS = 1.0
PATIENCE_SECONDS = 1.0
"""How long a batch waits for readers at most: nobody may be projecting."""
LOOK_SECONDS = 0.05


class Considerate(Appender):
    """Waits before a batch while readers are behind; a worker imports and projects on one core."""

    async def append_all(self, asked: Sequence[Append]) -> list[Outcome]:
        until = monotonic() + PATIENCE_SECONDS
        while monotonic() < until and await self._readers_are_behind():  # noqa: ASYNC110 -- other processes set no events
            await asyncio.sleep(LOOK_SECONDS)
        return await super().append_all(asked)

    async def _readers_are_behind(self) -> bool:
        async with driver(self.engine) as connection:
            progress = await read_progress(connection)
        return any(
            each.lag_seconds > MOST_LAG_SECONDS and not each.outdated
            for each in progress
            if each.catalog == self.catalog
        )
