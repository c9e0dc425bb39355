"""How long a request may take until its answer begins."""

import asyncio
from types import TracebackType

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.edge.uploads import is_upload
from api.errors import TookTooLong
from api.problems import problem


class TimeLimit:
    """Cancels what does not begin to answer in time.

    An append that waits its turn is withdrawn; one that is being written is settled by the
    appender, and nobody here knows how: the refusal says so. An answer that has begun, or lasts,
    is the connection's business, and so is how long an upload takes to arrive.
    """

    def __init__(self, app: ASGIApp, *, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            async with InTime(self._seconds) as limit:

                async def send_in_time(message: Message) -> None:
                    limit.reschedule(None)
                    await send(message)

                async def receive_untimed() -> Message:
                    limit.reschedule(None)
                    message = await receive()
                    limit.reschedule(asyncio.get_running_loop().time() + self._seconds)
                    return message

                receiving = receive_untimed if is_upload(scope) else receive
                await self._app(scope, receiving, send_in_time)
        except TookTooLong as refusal:
            await problem(Request(scope), refusal)(scope, receive, send)


class InTime:
    """Raises `TookTooLong` when the time is up; its timeout may be set anew meanwhile."""

    __slots__ = ("_limit",)

    def __init__(self, seconds: float) -> None:
        self._limit = asyncio.timeout(seconds)

    async def __aenter__(self) -> asyncio.Timeout:
        return await self._limit.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            await self._limit.__aexit__(kind, error, traceback)
        except TimeoutError:
            raise TookTooLong from None
