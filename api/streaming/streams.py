"""The event streams that a process has open: how many there may be, and when they have to end."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.errors import TooManyStreams
from api.measuring.metrics import EVENT_STREAMS
from api.streaming.catching_up import CatchingUp
from api.streaming.subscription import Subscription
from api.streaming.tails import Tails
from events.database import pool_state
from events.selection import Selection
from queries.audit.events import LogReader

FOLDED_BYTES = 16_000_000
"""Of products, for all who follow; as much again for those who catch up."""
SHARE_OF_THE_POOL = 5
"""One of so many connections serves those who catch up, and as many the tails."""
RETRY_SECONDS = 5


class EventStreams:
    def __init__(self, engine: AsyncEngine, redis: Redis, *, limit: int) -> None:
        self.ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done as soon as all streams have to end."""
        share = max(1, pool_state(engine).limit // SHARE_OF_THE_POOL)
        self._tails = Tails(LogReader(engine, folded_bytes=FOLDED_BYTES), redis, at_once=share)
        self._catching_up = CatchingUp(LogReader(engine, folded_bytes=FOLDED_BYTES), at_once=share)
        self._limit = limit
        self._open: Counter[str] = Counter()
        """By user."""

    def admit(self, user: str) -> None:
        """One user has half of the places at the most. Raises `TooManyStreams`."""
        is_full = self._open.total() >= self._limit or self._open[user] >= (self._limit + 1) // 2
        if self.ending.done() or is_full:
            raise TooManyStreams(headers={"Retry-After": RETRY_SECONDS})

    @contextmanager
    def opened(
        self, user: str, catalog: str, wanted: Selection, *, after: int
    ) -> Iterator[Subscription]:
        with self.counted(user), self._tails.of(catalog) as tail:
            yield Subscription(tail, self._catching_up, wanted, after=after)

    @contextmanager
    def counted(self, user: str) -> Iterator[None]:
        """One more is open until the block ends."""
        self._open[user] += 1
        EVENT_STREAMS.inc()
        try:
            yield
        finally:
            self._open -= Counter({user: 1})
            EVENT_STREAMS.dec()

    def end(self) -> None:
        """All that are open, and no other begins: a server waits for its answers to end."""
        if not self.ending.done():
            self.ending.set_result(None)

    async def close(self) -> None:
        self.end()
        await self._tails.close()
        await self._catching_up.close()
