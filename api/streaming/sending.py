"""Sends what there is to tell, as fast as its reader takes it and as long as he may have it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import choice
from time import monotonic
from typing import Literal, Protocol

from starlette.types import Send

from api.measuring.metrics import EVENTS_STREAMED
from api.streaming.catching_up import Given
from api.streaming.connection import Connection
from api.streaming.wire import greeting, heartbeat
from events.errors import DatabaseUnavailable

ASK_SECONDS = 4.0
"""Between two looks whether the reader may still have it."""
AGAIN_SECONDS = 1.0
RETRY_MILLISECONDS = range(1_000, 4_000)
"""Before a stream that has ended is opened again: not by all who had one at once."""

type Allowed = Callable[[], Awaitable[bool]]
"""Raises `DatabaseUnavailable` where nobody can tell: nothing is sent meanwhile."""
type Ended = Literal["positions_lost", "all_told"]
type Stopped = Ended | Literal["session_ended", "reader_slow"]


class Source(Protocol):
    """What one reader is told, piece by piece."""

    @property
    def position(self) -> int:
        """Up to which he has been."""

    @property
    def ended(self) -> Ended | None:
        """Why there is nothing more for him; None as long as there may be."""

    async def next(self, within: float) -> Given:
        """What comes next, if that many seconds bring anything."""


@dataclass(frozen=True, slots=True)
class Pace:
    heartbeat_seconds: float
    """The longest that nothing is sent."""
    send_seconds: float
    """The longest that a reader may take nothing."""


class Sending:
    def __init__(
        self,
        source: Source,
        send: Send,
        connection: Connection,
        allowed: Allowed,
        pace: Pace,
    ) -> None:
        self._source = source
        self._send = send
        self._connection = connection
        self._allowed = allowed
        self._pace = pace
        self._beat_at = 0.0
        self._asked_at = monotonic()

    async def run(self) -> Stopped:
        """Until that has to end, or there is nothing more.

        Nothing is made ready for a reader before he has taken what there was.
        """
        retry = choice(RETRY_MILLISECONDS)  # noqa: S311 -- no secret
        await self._sent(greeting(self._source.position, retry))
        while await self._connection.drains(self._pace.send_seconds):
            if (may := await self._may()) is False:
                return "session_ended"
            if (ended := self._source.ended) is not None:
                return ended
            await self._go_on(await self._given() if may else await self._nothing())
        return "reader_slow"

    async def _may(self) -> bool | None:
        """None while nobody can tell."""
        if monotonic() - self._asked_at < ASK_SECONDS:
            return True
        try:
            may = await self._allowed()
        except DatabaseUnavailable:
            return None
        self._asked_at = monotonic()
        return may

    async def _given(self) -> Given:
        return await self._source.next(max(0.0, min(ASK_SECONDS, self._beat_at - monotonic())))

    async def _go_on(self, given: Given) -> None:
        if given.body:
            await self._sent(given.body)
            EVENTS_STREAMED.inc(given.events)
        elif monotonic() >= self._beat_at:
            await self._sent(heartbeat(self._source.position))
        await asyncio.sleep(0)

    async def _sent(self, body: bytes) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": True})
        self._beat_at = monotonic() + self._pace.heartbeat_seconds

    async def _nothing(self) -> Given:
        await asyncio.sleep(AGAIN_SECONDS)
        return Given(b"", 0, self._source.position)
