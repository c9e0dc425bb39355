"""The exports that a process has under way: how many there may be, and for how long."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from api.errors import TooManyExports
from api.measuring.metrics import EXPORTS
from api.places import Places
from queries.exports.exporting import Export, Wanted, opened

SPARE_SECONDS = 5
"""That PostgreSQL waits longer than this process before it ends the moment by itself."""


class Exports:
    def __init__(self, engine: AsyncEngine, *, limit: int, seconds: float) -> None:
        """`engine` is a pool of their own: others would wait for its connections for minutes."""
        self.seconds = seconds
        """That one may hold its moment."""
        self._engine = engine
        self._places = Places(limit, TooManyExports)

    @asynccontextmanager
    async def opened(self, user: str, wanted: Wanted) -> AsyncIterator[Export]:
        """One more is under way for the block; one user has half of the places at the most.

        Raises `TooManyExports`, `DatabaseUnavailable` and `ReadTablesOutdated`.
        """
        longest = self.seconds + SPARE_SECONDS
        with self._places.taken(user), EXPORTS.track_inprogress():
            async with opened(self._engine, wanted, seconds=longest) as export:
                yield export
