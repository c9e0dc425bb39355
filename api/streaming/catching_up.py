"""Reads for those whom a ring no longer reaches: only few at a time, whoever else waits."""

import asyncio
from collections.abc import Sequence
from typing import NamedTuple, Self

from api.streaming.ring import Ready, ready
from api.streaming.standstill import FAILURES, Standstill
from events.selection import Selection
from queries.audit.events import LogReader
from queries.single_flight import SingleFlight

DATA_BYTES = 32_768
"""Of the events that are read at once: with what they changed they are mostly sent at once."""


class Given(NamedTuple):
    """Events as they are sent, how many they are, and up to where nothing else is wanted."""

    body: bytes
    events: int
    upto: int

    @classmethod
    def of(cls, wanted: Sequence[Ready], *, upto: int) -> Self:
        return cls(b"".join([each.block for each in wanted]), len(wanted), upto)


class CatchingUp:
    """Those who are at the same place and want the same are read for once."""

    def __init__(self, reader: LogReader, *, at_once: int) -> None:
        self._reader = reader
        self._at_once = at_once
        self._turns = asyncio.Semaphore(at_once)
        self._under_way = SingleFlight[tuple[str, Selection, int, int], Given | None]()
        self._standstill = Standstill("catching_up")
        self._is_closed = False

    async def read(self, catalog: str, wanted: Selection, after: int, limit: int) -> Given | None:
        """At most `limit` events. None while PostgreSQL does not give them."""
        key = catalog, wanted, after, limit
        return await self._under_way(key, lambda: self._read(*key))

    async def close(self) -> None:
        """Nothing more is read, once what is under way has been."""
        self._is_closed = True
        for _ in range(self._at_once):
            await self._turns.acquire()

    async def _read(self, catalog: str, wanted: Selection, after: int, limit: int) -> Given | None:
        async with self._turns:
            if self._is_closed:
                return None
            try:
                read = await self._reader.stretch(
                    catalog, wanted, after=after, limit=limit, limit_bytes=DATA_BYTES
                )
            except FAILURES as error:
                self._standstill.found(error, catalog)
                return None
        self._standstill.over()
        return Given.of(list(map(ready, read.items)), upto=read.upto)
