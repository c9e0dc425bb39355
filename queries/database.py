"""The way to the read tables in PostgreSQL: a few turns at a time, and one circuit for all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from events.circuit import Away, Circuit, Told
from events.database import pool_state
from events.errors import DatabaseUnavailable
from events.tracing import tracing
from queries.turns import Turns

LOOK_UPS = 2
"""At a time, whatever is asked for: other reads need connections, too, and have one of a pool of
two."""
ANSWER_SECONDS = 5.0
"""What answers later is away. What takes long ends before: see `queries/moment.py`."""


class ReadDatabase:
    """Look-ups of what has a key, surveys, which are lists and counts, and questions about the log.

    Surveys may take long, and audits longer. Each kind has a third of the pool: more of them at a
    time would all come too late.
    """

    def __init__(self, engine: AsyncEngine, *, told: Told = lambda _: None) -> None:
        limit = pool_state(engine).limit
        self._engine = engine
        self._circuit = Circuit(
            "reads", faults=(DatabaseUnavailable,), deadline_seconds=ANSWER_SECONDS, told=told
        )
        self._look_ups = asyncio.Semaphore(max(1, min(LOOK_UPS, limit - 1)))
        self._surveys = Turns(limit // 3)
        self._audits = Turns(limit // 3)

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
        with tracing.asking("survey", "postgresql"):
            async with self._surveys.taken(), self._asked():
                yield self._engine

    @asynccontextmanager
    async def audit(self) -> AsyncIterator[AsyncEngine]:
        """As `survey`, but the circuit hears nothing: a product of many events takes long."""
        with tracing.asking("audit", "postgresql"):
            async with self._audits.taken():
                yield self._engine

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[None]:
        try:
            async with self._circuit.asked():
                yield
        except Away as error:
            raise DatabaseUnavailable from error
