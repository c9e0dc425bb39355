"""The logs that a process follows at the moment: each once, as long as somebody wants it."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf

from asyncpg import PostgresError
from redis.asyncio import Redis

from api.background import kept_running
from api.streaming.tail import Tail
from events.errors import DatabaseUnavailable
from events.nudge import APPENDED, listen
from queries.audit.events import LogReader

RING_BYTES = 32_000_000
"""Shared by the catalogs that are followed."""
POLL_SECONDS = 0.25
"""Between two looks for events that no hint has told of."""


class Tails:
    def __init__(self, reader: LogReader, redis: Redis) -> None:
        self._reader = reader
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
        tail = self._tails[catalog] = Tail(catalog, self._reader, self._ring_bytes)
        self._following[catalog] = asyncio.create_task(kept_running(tail.follow))
        if self._listening is None:
            self._listening = asyncio.create_task(kept_running(self._listen))

    def _end(self, catalog: str) -> None:
        del self._tails[catalog], self._followers[catalog]
        self._cancel(self._following.pop(catalog))
        if not self._tails and self._listening:
            self._cancel(self._listening)
            self._listening = None

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
            with suppress(DatabaseUnavailable, PostgresError):
                for catalog, head in (await self._reader.heads([*self._tails])).items():
                    self._heard(catalog, head)

    def _heard(self, catalog: str, head: float = inf) -> None:
        tail = self._tails.get(catalog)
        if tail and tail.position < head:
            tail.hint()
