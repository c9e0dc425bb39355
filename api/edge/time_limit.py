"""How long a request may take until its answer begins."""

import asyncio

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import TookTooLong
from api.problems import problem


class TimeLimit:
    """Cancels what does not begin to answer in time.

    An append that waits its turn is withdrawn; one that is being written is settled by the
    appender, and nobody here knows how: the refusal says so. An answer that has begun, or lasts,
    is the connection's business.
    """

    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = asyncio.timeout(self._seconds)

        async def send_in_time(message: Message) -> None:
            limit.reschedule(None)
            await send(message)

        try:
            async with limit:
                await self._app(scope, receive, send_in_time)
        except TimeoutError:
            if not limit.expired():
                raise
            await problem(Request(scope), TookTooLong())(scope, receive, send)
