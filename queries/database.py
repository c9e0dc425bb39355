"""The way to the read tables in PostgreSQL: a few turns at a time, and one circuit for all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from events.circuit import Away, Circuit, Told
from events.database import pool_state
from events.errors import DatabaseUnavailable
from queries.errors import TooManyQueries

LOOK_UPS = 2
"""At a time, whatever is asked for: other reads need connections, too, and have one of a pool of
two."""
TURN_SECONDS = 2.0
"""The longest that a survey waits for its turn."""
ANSWER_SECONDS = 5.0
"""What answers later is away. What takes long ends before: see `begin_one_moment.sql`."""


class ReadDatabase:
    """Look-ups of what has a key, and surveys: lists and counts, which may take long.

    Surveys have a third of the pool: more of them at a time would all come too late.
    """

    def __init__(self, engine: AsyncEngine, *, told: Told = lambda _: None) -> None:
        limit = pool_state(engine).limit
        self._engine = engine
        self._circuit = Circuit(
            "reads", faults=(DatabaseUnavailable,), deadline_seconds=ANSWER_SECONDS, told=told
        )
        self._look_ups = asyncio.Semaphore(max(1, min(LOOK_UPS, limit - 1)))
        self._surveys = asyncio.Semaphore(max(1, limit // 3))

    @property
    def is_away(self) -> bool:
        return self._circuit.is_open

    @asynccontextmanager
    async def look_up(self) -> AsyncIterator[AsyncEngine]:
        """Raises `DatabaseUnavailable`: at once, while nobody tries whether it is back."""
        async with self._look_ups, self._asked():
            yield self._engine

    @asynccontextmanager
    async def survey(self) -> AsyncIterator[AsyncEngine]:
        """Raises `DatabaseUnavailable`, and `TooManyQueries` who has waited long for his turn."""
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._surveys.acquire()
        except TimeoutError as error:
            raise TooManyQueries from error
        try:
            async with self._asked():
                yield self._engine
        finally:
            self._surveys.release()

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[None]:
        try:
            async with self._circuit.asked():
                yield
        except Away as error:
            raise DatabaseUnavailable from error
