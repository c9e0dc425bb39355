"""An answer that lasts: events as they come, until its reader leaves or may no longer have them."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Literal

import structlog
from fastapi import Response
from starlette.types import Message, Receive, Scope, Send

from api.measuring.metrics import SLOW_STREAMS
from api.streaming.connection import EXTENSION, Connection
from api.streaming.leaving import FAREWELL_SECONDS, dropped, left
from api.streaming.sending import Allowed, Pace, Sending, Source, Stopped
from api.streaming.wire import MEDIA_TYPE

_END: Message = {"type": "http.response.body", "body": b"", "more_body": False}
_HEADERS = {
    "Cache-Control": "no-store",
    "Connection": "close",
    "Content-Type": MEDIA_TYPE,
    "Vary": "Authorization, Accept",
    "X-Accel-Buffering": "no",
}

type Subscribed = Callable[[], AbstractContextManager[Source]]
type Ending = Stopped | Literal["reader_left", "shutdown"]

log = structlog.get_logger(__name__)


class EventStream(Response):
    """It says so in the request's state (`lasts`): its end tells nothing of how fast it was."""

    def __init__(
        self, subscribed: Subscribed, allowed: Allowed, pace: Pace, *, ending: asyncio.Future[None]
    ) -> None:
        """Done, `ending` ends it."""
        self.status_code, self.background = 200, None
        self.init_headers(_HEADERS)
        self._subscribed = subscribed
        self._allowed = allowed
        self._pace = pace
        self._ending = ending

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["lasts"] = True
        connection: Connection = scope["extensions"][EXTENSION]
        connection.hold_little()
        head = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **head})
        with self._subscribed() as subscription:
            ending = await self._ended(
                Sending(subscription, send, connection, self._allowed, self._pace), receive
            )
            log.debug("stream_ended", because=ending, position=subscription.position)
        if ending == "reader_slow":
            SLOW_STREAMS.inc()
        if ending == "reader_slow" or not await _farewell(connection, send):
            await dropped(connection, receive)

    async def _ended(self, sending: Sending, receive: Receive) -> Ending:
        """As soon as it has to, and why."""
        running = asyncio.create_task(sending.run())
        leaving = asyncio.create_task(left(receive))
        ways: set[asyncio.Future[Any]] = {running, leaving, self._ending}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                return running.result()
            return "reader_left" if leaving.done() else "shutdown"
        finally:
            running.cancel()
            leaving.cancel()
            await asyncio.gather(running, leaving, return_exceptions=True)


async def _farewell(connection: Connection, send: Send) -> bool:
    """The end of the answer. False if its reader does not take what is left of it."""
    try:
        async with asyncio.timeout(FAREWELL_SECONDS):
            await send(_END)
            await connection.drained()
    except TimeoutError:
        return False
    return True
