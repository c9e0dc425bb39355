"""One subscriber's place in a log: what is to be sent to him next."""

import asyncio
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

import structlog
from asyncpg import PostgresError

from api.streaming.ring import Ready, Ring, ready
from api.streaming.tail import Tail
from events.errors import DatabaseUnavailable
from events.selection import Selection
from queries.audit.events import LogReader, Stretch

SENT_AT_ONCE = 65_536
"""Bytes that one message is filled up to."""
LOOKED_AT_ONCE = 2_000
"""Events of a ring: then others have their turn."""
READ_AT_ONCE = 50
"""Events that are read for somebody who is behind: mostly no more than are sent at once."""
AGAIN_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Given(NamedTuple):
    """Events as they are sent, and how many they are."""

    body: bytes
    events: int


NOTHING = Given(b"", 0)


class CatchingUp:
    """Reads for those whom a ring no longer reaches: only few at a time, whoever else waits."""

    def __init__(self, reader: LogReader, *, at_once: int) -> None:
        self._reader = reader
        self._turns = asyncio.Semaphore(at_once)

    async def read(self, catalog: str, wanted: Selection, after: int) -> Stretch:
        """Raises `DatabaseUnavailable`."""
        async with self._turns:
            return await self._reader.stretch(catalog, wanted, after=after, limit=READ_AT_ONCE)


class Subscription:
    """Nothing is kept for who reads slowly: only how far he has come."""

    def __init__(
        self, tail: Tail, catching_up: CatchingUp, wanted: Selection, *, after: int
    ) -> None:
        self.position = after
        """Up to which all that is wanted was given out."""
        self._tail = tail
        self._catching_up = catching_up
        self._wanted = wanted
        self._reading: asyncio.Task[Stretch] | None = None

    async def next(self, within: float) -> Given:
        """What is wanted of the events that come next, if that many seconds bring any."""
        ring = self._tail.ring
        if ring is None or (ring.reaches(self.position) and ring.position <= self.position):
            await self._tail.grows(self.position, within)
            ring = self._tail.ring
        if ring is None:
            return NOTHING
        if self._reading is None and ring.reaches(self.position):
            return self._of(ring)
        return await self._read(within)

    def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()

    def _of(self, ring: Ring) -> Given:
        looked = list(islice(ring.behind(self.position), LOOKED_AT_ONCE))
        wanted = [each for each in looked if self._wanted.takes(each.event)]
        return self._given(
            wanted, upto=looked[-1].position if looked else max(self.position, ring.position)
        )

    async def _read(self, within: float) -> Given:
        """Who is behind may have to wait for his turn: that goes on when the time is over."""
        if self._reading is None:
            reading = self._catching_up.read(self._tail.catalog, self._wanted, self.position)
            self._reading = asyncio.create_task(reading)
        await asyncio.wait({self._reading}, timeout=within)
        if not self._reading.done():
            return NOTHING
        read, self._reading = self._reading, None
        try:
            stretch = read.result()
        except (DatabaseUnavailable, PostgresError) as error:
            log.debug("stream_stands_still", catalog=self._tail.catalog, error=repr(error))
            await asyncio.sleep(min(within, AGAIN_SECONDS))
            return NOTHING
        return self._given(map(ready, stretch.events, stretch.items), upto=stretch.upto)

    def _given(self, wanted: Iterable[Ready], *, upto: int) -> Given:
        """As many as are sent at once; the others are looked up again."""
        blocks: list[bytes] = []
        size = 0
        for each in wanted:
            if size >= SENT_AT_ONCE:
                break
            blocks.append(each.block)
            size += len(each.block)
            self.position = each.position
        else:
            self.position = upto
        return Given(b"".join(blocks), len(blocks))
