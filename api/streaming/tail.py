"""Follows one catalog's log for all who have it streamed: each event is read once for all."""

import asyncio
from asyncio import Future
from collections.abc import Callable

import structlog
from asyncpg import PostgresError

from api.streaming.ring import Ring, ready
from events.errors import DatabaseUnavailable
from events.selection import EVERYTHING
from queries.audit.events import LogReader

AGAIN_SECONDS = 0.5
READ_AT_ONCE = 100
HEAD_START = 200
"""Events before the end of the log that are there from the start, for those who come back."""

log = structlog.get_logger(__name__)


class Tail:
    def __init__(self, catalog: str, reader: LogReader, ring_bytes: Callable[[], int]) -> None:
        self.catalog = catalog
        self.ring: Ring | None = None
        """None until the end of the log is known."""
        self._reader = reader
        self._ring_bytes = ring_bytes
        self._hinted = asyncio.Event()
        self._waiting: set[Future[None]] = set()

    @property
    def position(self) -> int:
        """Up to which it has read; 0 at first."""
        return self.ring.position if self.ring else 0

    def hint(self) -> None:
        """The log may have grown."""
        self._hinted.set()

    async def follow(self) -> None:
        """For ever, across outages of PostgreSQL."""
        while True:
            try:
                grown = await self._read()
            except (DatabaseUnavailable, PostgresError) as error:
                log.debug("tail_stands_still", catalog=self.catalog, error=repr(error))
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            if not grown:
                await self._hinted.wait()

    async def grows(self, after: int, within: float) -> None:
        """Wait for events behind that position, at the longest so many seconds."""
        if self.position > after:
            return
        loop = asyncio.get_running_loop()
        told = loop.create_future()
        self._waiting.add(told)
        deadline = loop.call_later(within, _resolve, told)
        try:
            await told
        finally:
            deadline.cancel()
            self._waiting.discard(told)

    async def _read(self) -> bool:
        """Whether there was something, so that there may be more."""
        self._hinted.clear()
        if self.ring is None:
            heads = await self._reader.heads([self.catalog])
            self.ring = Ring(max(0, heads[self.catalog] - HEAD_START))
        before = self.ring.position
        stretch = await self._reader.stretch(
            self.catalog, EVERYTHING, after=before, limit=READ_AT_ONCE
        )
        told = list(map(ready, stretch.events, stretch.items))
        self.ring.put(told, stretch.upto, limit_bytes=self._ring_bytes())
        grown = self.ring.position > before
        if grown:
            for each in self._waiting:
                _resolve(each)
        return grown


def _resolve(told: Future[None]) -> None:
    if not told.done():
        told.set_result(None)
