"""The event streams that a process has open: how many there may be, and when they have to end."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.errors import TooManyStreams
from api.metrics import EVENT_STREAMS
from api.streaming.subscription import CatchingUp, Subscription
from api.streaming.tails import Tails
from events.database import pool_state
from events.selection import Selection
from queries.audit.events import LogReader

FOLDED_BYTES = 16_000_000
"""Of products, for all who follow; as much again for those who catch up."""
SHARE_OF_THE_POOL = 5
"""One of so many connections serves those who catch up."""
RETRY_SECONDS = 5


class EventStreams:
    def __init__(self, engine: AsyncEngine, redis: Redis, *, limit: int) -> None:
        self.ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done as soon as all streams have to end."""
        self._tails = Tails(LogReader(engine, folded_bytes=FOLDED_BYTES), redis)
        self._catching_up = CatchingUp(
            LogReader(engine, folded_bytes=FOLDED_BYTES),
            at_once=max(1, pool_state(engine).limit // SHARE_OF_THE_POOL),
        )
        self._limit = limit
        self._open = 0

    def admit(self) -> None:
        """Raises `TooManyStreams`."""
        if self.ending.done() or self._open >= self._limit:
            raise TooManyStreams(headers={"Retry-After": RETRY_SECONDS})

    @contextmanager
    def opened(self, catalog: str, wanted: Selection, *, after: int) -> Iterator[Subscription]:
        """One more is open until the block ends."""
        self._open += 1
        EVENT_STREAMS.inc()
        try:
            with self._tails.of(catalog) as tail:
                subscription = Subscription(tail, self._catching_up, wanted, after=after)
                try:
                    yield subscription
                finally:
                    subscription.close()
        finally:
            self._open -= 1
            EVENT_STREAMS.dec()

    def end(self) -> None:
        """All that are open, and no other begins: a server waits for its answers to end."""
        if not self.ending.done():
            self.ending.set_result(None)

    async def close(self) -> None:
        self.end()
        await self._tails.close()
