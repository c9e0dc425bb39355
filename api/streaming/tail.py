"""Follows one catalog's log for all who have it streamed: each event is read once for all."""

import asyncio
from asyncio import Future, Semaphore
from collections.abc import Callable

import structlog

from api.streaming.ring import Ring, ready
from api.streaming.standstill import FAILURES, Standstill
from events.selection import EVERYTHING
from queries.audit.events import LogReader

AGAIN_SECONDS = 0.5
READ_AT_ONCE = 100
HEAD_START = 200
"""Events before the end of the log that are there from the start, for those who come back."""

log = structlog.get_logger(__name__)


class Tail:
    def __init__(
        self, catalog: str, reader: LogReader, turns: Semaphore, ring_bytes: Callable[[], int]
    ) -> None:
        """`turns` are of all tails together: others need connections, too."""
        self.catalog = catalog
        self.ring: Ring | None = None
        """None until the end of the log is known."""
        self.losses = 0
        """How often the log had lost what was read of it: to a restore, or to a failover."""
        self._reader = reader
        self._turns = turns
        self._ring_bytes = ring_bytes
        self._hinted = asyncio.Event()
        self._waiting: set[Future[None]] = set()
        self._standstill = Standstill("tail")

    @property
    def position(self) -> int:
        """Up to which it has read; 0 at first."""
        return self.ring.position if self.ring else 0

    def hint(self) -> None:
        """The log may have grown."""
        self._hinted.set()

    def shrink(self) -> None:
        """To the room that there is now."""
        if self.ring:
            self.ring.shrink(self._ring_bytes())

    async def follow(self) -> None:
        """For ever, across outages of PostgreSQL."""
        while True:
            try:
                has_news = await self._read()
            except FAILURES as error:
                self._standstill.found(error, self.catalog)
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            self._standstill.over()
            if not has_news:
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
        known = self.position
        async with self._turns:
            ring = self.ring or await self._begun()
            stretch = await self._reader.stretch(
                self.catalog, EVERYTHING, after=ring.position, limit=READ_AT_ONCE
            )
        if stretch.head < ring.position:
            log.warning("log_lost_positions", catalog=self.catalog, head=stretch.head, read=known)
            self.ring, self.losses = None, self.losses + 1
        else:
            told = list(map(ready, stretch.items))
            ring.put(told, stretch.upto, limit_bytes=self._ring_bytes())
            self.ring = ring
        has_news = self.position != known
        if has_news:
            for each in self._waiting:
                _resolve(each)
        return has_news

    async def _begun(self) -> Ring:
        heads = await self._reader.heads([self.catalog])
        return Ring(max(0, heads[self.catalog] - HEAD_START))


def _resolve(told: Future[None]) -> None:
    if not told.done():
        told.set_result(None)
