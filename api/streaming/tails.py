"""The logs that a process follows at the moment: each once, as long as somebody wants it."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from math import inf

from redis.asyncio import Redis

from api.background import Loop, kept_running
from api.measuring.metrics import EVENT_STREAMS_LAG
from api.streaming.standstill import FAILURES
from api.streaming.tail import Tail
from events.nudge import APPENDED, listen
from queries.audit.events import LogReader

RING_BYTES = 32_000_000
"""Shared by the catalogs that are followed."""
POLL_SECONDS = 0.25
"""Between two looks for events that no hint has told of."""


class Tails:
    def __init__(self, reader: LogReader, redis: Redis, *, at_once: int) -> None:
        """Of all that are followed `at_once` are read at a time."""
        self._reader = reader
        self._turns = asyncio.Semaphore(at_once)
        self._redis = redis
        self._tails: dict[str, Tail] = {}
        self._followers: Counter[str] = Counter()
        self._following: dict[str, asyncio.Task[None]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @contextmanager
    def of(self, catalog: str) -> Iterator[Tail]:
        """It is followed until the last block ends."""
        if catalog not in self._tails:
            self._begin(catalog)
        self._followers[catalog] += 1
        try:
            yield self._tails[catalog]
        finally:
            self._followers[catalog] -= 1
            if not self._followers[catalog]:
                self._end(catalog)

    async def close(self) -> None:
        """Once nobody follows any more."""
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _begin(self, catalog: str) -> None:
        tail = Tail(catalog, self._reader, self._turns, self._ring_bytes)
        self._tails[catalog] = tail
        for each in self._tails.values():
            each.shrink()
        self._following[catalog] = _running(tail.follow)
        if self._listening is None:
            self._listening = _running(self._listen)

    def _end(self, catalog: str) -> None:
        del self._tails[catalog], self._followers[catalog]
        self._cancel(self._following.pop(catalog))
        if not self._tails and self._listening:
            self._cancel(self._listening)
            self._listening = None
            EVENT_STREAMS_LAG.set(0)

    def _cancel(self, task: asyncio.Task[None]) -> None:
        task.cancel()
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def _ring_bytes(self) -> int:
        return RING_BYTES // max(1, len(self._tails))

    async def _listen(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(listen(self._redis, APPENDED, self._heard))
            group.create_task(self._poll())

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            with suppress(*FAILURES):
                heads = await self._reader.heads([*self._tails])
                EVENT_STREAMS_LAG.set(max(map(self._lag, heads, heads.values()), default=0))
                for catalog, head in heads.items():
                    self._heard(catalog, head)

    def _lag(self, catalog: str, head: int) -> int:
        tail = self._tails.get(catalog)
        return max(0, head - tail.position) if tail and tail.ring else 0

    def _heard(self, catalog: str, head: float = inf) -> None:
        """Another end than the one that was read: also when the log has become shorter."""
        tail = self._tails.get(catalog)
        if tail and tail.position != head:
            tail.hint()


def _running(loop: Loop) -> asyncio.Task[None]:
    """In no context of who came first: it belongs to nobody's request."""
    return asyncio.create_task(kept_running(loop), context=Context())
