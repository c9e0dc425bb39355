"""An answer that is a file, sent as it is written; what has no end is seen to have none."""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Literal

import structlog
from asyncpg import PostgresError
from fastapi import Response
from starlette.types import Message, Receive, Scope, Send

from api.measuring.metrics import EXPORTS_ENDED
from api.streaming.connection import EXTENSION, Connection
from api.streaming.leaving import dropped, left
from events.errors import Refused
from queries.exports.exporting import Export

type Outcome = Literal["complete", "failed", "reader_left", "reader_slow", "too_long"]

_END: Message = {"type": "http.response.body", "body": b"", "more_body": False}

log = structlog.get_logger(__name__)


class Download(Response):
    """It is counted as it begins (`lasts`); how it ended is counted by itself.

    Complete, its last chunk is the empty one of RFC 9112, 7.1. Otherwise the connection is dropped
    without it, since a file that was cut off may look like a smaller one.
    """

    def __init__(
        self,
        opened: AbstractAsyncContextManager[Export],
        headers: Mapping[str, str],
        *,
        seconds: float,
        send_seconds: float,
    ) -> None:
        """It may take `seconds`, and its reader may take nothing for `send_seconds`."""
        self.status_code, self.background = 200, None
        self._opened = opened
        self._told = headers
        self._seconds = seconds
        self._send_seconds = send_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection: Connection = scope["extensions"][EXTENSION]
        try:
            outcome = await self._answered(scope, connection, receive, send)
        except (Refused, PostgresError):
            if "lasts" not in scope["state"]:
                raise
            log.exception("export_failed", path=scope["path"])
            outcome = "failed"
        EXPORTS_ENDED.labels(outcome).inc()
        if outcome == "complete":
            await send(_END)
        else:
            log.warning("export_cut_off", path=scope["path"], because=outcome)
            await dropped(connection, receive)

    async def _answered(
        self, scope: Scope, connection: Connection, receive: Receive, send: Send
    ) -> Outcome:
        async with self._opened as export:
            scope["state"]["lasts"] = True
            connection.hold_nothing()
            self.init_headers({**self._told, "Catalog-Position": str(export.position)})
            head = {"status": self.status_code, "headers": self.raw_headers}
            await send({"type": "http.response.start", **head})
            return await self._ended(export, connection, receive, send)

    async def _ended(
        self, export: Export, connection: Connection, receive: Receive, send: Send
    ) -> Outcome:
        """As soon as it has to, and why."""
        sending = asyncio.create_task(self._sent(export, connection, send))
        leaving = asyncio.create_task(left(receive))
        try:
            await asyncio.wait(
                {sending, leaving}, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED
            )
            if sending.done():
                return sending.result()
            return "reader_left" if leaving.done() else "too_long"
        finally:
            sending.cancel()
            leaving.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)

    async def _sent(self, export: Export, connection: Connection, send: Send) -> Outcome:
        """Nothing is written before its reader has taken what there was."""
        async with aclosing(export.pieces()) as pieces:
            async for piece in pieces:
                if piece.body:
                    await send(
                        {"type": "http.response.body", "body": piece.body, "more_body": True}
                    )
                if not await connection.drains(self._send_seconds):
                    return "reader_slow"
        return "complete"
