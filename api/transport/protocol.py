"""HTTP/1.1 (RFC 9112) within limits: what comes in, how much of it, and how slowly.

A request that is refused here never reaches the application, or is withdrawn. Those before it on
its connection are answered first; after it nothing is read.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from httptools import HttpParserError, HttpParserUpgrade
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from api.edge.uploads import is_upload
from api.errors import HeadersTooLarge, MalformedRequest, RequestTimeout, TooManyConnections
from api.streaming.connection import EXTENSION, Connection
from api.transport.joining import Joining
from api.transport.limits import (
    BEYOND,
    BEYOND_SECONDS,
    FRAMING,
    HEADERS,
    PIPELINED,
    UPLOAD_BYTES_PER_SECOND,
    Limits,
)
from api.transport.lingering import Lingering
from api.transport.refusing import answer
from events.errors import Refused

_HEALTH = b"/health"
DIGITS = 19
"""Of the longest `Content-Length` that anybody means; Python refuses to read thousands of them."""
_NOWHERE: deque[tuple[bytes, bytes]] = deque(maxlen=0)
"""Where trailers go, which are no headers (RFC 9110, 6.5.1)."""

log = structlog.get_logger(__name__)


class Protocol(HttpToolsProtocol):
    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: Limits,
        refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`refused` is told the name of each problem that is answered here."""
        super().__init__(config, server_state, app_state, _loop)
        self.timeout_keep_alive = limits.idle_seconds
        self._limits = limits
        self._count_refused = refused
        self._refusal: Refused | None = None
        self._is_refused = False
        self._is_beyond = False
        self._arriving_since: float | None = None
        """None while nothing of a request is missing."""
        self._arrived = 0
        """Bytes of a body, since then."""
        self._unsent_since: float | None = None
        """None while no answer waits for its reader."""
        self._unaccounted = 0
        """Bytes of a request that are no part of its body."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._extensions = {EXTENSION: Connection(transport, self.flow.drain)}
        self._arriving_since = self.loop.time()
        self._is_beyond = len(self.connections) > self._limits.connections
        if self._is_cut_off():
            self._refuse(TooManyConnections())

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._unset_keepalive_if_required()
        self._unaccounted += len(data)
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade:
            self._end_with_this_answer()
        except HttpParserError:
            self._refuse(self._refusal or MalformedRequest())
        if self._arriving_since is not None and self._unaccounted > self._limits.header_bytes:
            self._refuse(HeadersTooLarge())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._arriving_since = self.loop.time()
        self._arrived = 0
        self._unaccounted = 0
        self.scope["extensions"] = self._extensions  # type: ignore[typeddict-item]

    def on_headers_complete(self) -> None:
        """Raises the refusal of a head that can't be answered; the parser tells of it."""
        self._refusal = self._unanswerable()
        if self._refusal is not None:
            raise self._refusal
        super().on_headers_complete()
        if self.scope["method"] != "HEAD":  # whose answers are a head alone
            self.cycle.transport = Joining(self.transport)  # type: ignore[assignment]
        if self._is_beyond:
            self.cycle.keep_alive = False
        self.headers = _NOWHERE  # type: ignore[assignment]
        self._unaccounted = 0

    def on_body(self, body: bytes) -> None:
        self._arrived += len(body)
        self._unaccounted = max(0, self._unaccounted - FRAMING * len(body))
        super().on_body(body)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._arriving_since = None

    def eof_received(self) -> bool:  # type: ignore[override]
        """Who has asked, and says no more, is answered; a stream would last for who has gone."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete or self._lasts():
            return False
        if cycle.more_body:
            return self._is_refused
        cycle.keep_alive = False
        return True

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unsent_since = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._unsent_since = None

    def _end_with_this_answer(self) -> None:
        """No other protocol is spoken, and what follows such a request is not read."""
        self.cycle.keep_alive = False
        if self.cycle.response_complete:
            self.transport.close()

    def look(self, now: float) -> None:
        """Let go who keeps this process waiting; `now` is by the loop's clock."""
        if self._arriving_since is None:
            if self._is_idle_without_end():
                self._arriving_since = now
        elif self.flow.read_paused:  # it is this process that keeps it waiting
            self._arriving_since = now
        elif self._is_beyond and now - self._arriving_since > BEYOND_SECONDS:
            self._refuse(TooManyConnections())
        elif now - self._arriving_since > self._limits.arrival_seconds:
            if self._keeps_pace(now - self._arriving_since):
                self._arriving_since, self._arrived = now, 0
            else:
                self._refuse(RequestTimeout())
        if self._unsent_since is None:
            if self.transport.is_closing():
                self._unsent_since = now
        elif now - self._unsent_since > self._limits.send_seconds and not self._lasts():
            self.transport.abort()

    def _keeps_pace(self, seconds: float) -> bool:
        """Of an upload that somebody reads, enough has arrived in that time to wait for more."""
        cycle = self.cycle
        is_read = cycle is not None and cycle.scope is self.scope and not cycle.response_started
        enough = UPLOAD_BYTES_PER_SECOND * seconds
        return is_read and is_upload(self.scope) and self._arrived >= enough

    def _unanswerable(self) -> Refused | None:
        if self._is_beyond and not self.url.startswith(_HEALTH):
            return TooManyConnections()
        size, hosts = len(self.url), 0
        for name, value in self.headers:
            size += len(name) + len(value) + 4
            if name == b"host":
                hosts += 1
            elif name == b"content-length" and len(value) > DIGITS:
                return MalformedRequest()
        if size > self._limits.header_bytes or len(self.headers) > HEADERS:
            return HeadersTooLarge()
        is_addressed = hosts == 1 or (not hosts and self.parser.get_http_version() == "1.0")
        if not is_addressed or len(self.pipeline) >= PIPELINED:
            return MalformedRequest()
        return None

    def _refuse(self, refusal: Refused) -> None:
        """In its turn: who has asked before is answered before."""
        if self._is_refused or self.transport.is_closing():
            return
        self._is_refused = True
        cycle, tell = self.cycle, partial(self._tell, refusal)
        if cycle is None:
            tell()
        elif cycle.scope is not self.scope:  # which has no head yet
            if cycle.response_complete:
                tell()
            else:
                cycle.on_response = tell
        elif self.pipeline:
            self.pipeline[0] = cycle, _telling(tell)
        elif not cycle.response_started:
            tell()
        else:
            self.transport.close()

    def _tell(self, refusal: Refused) -> None:
        if self.transport.is_closing():
            return
        told = answer(refusal)
        self._count_refused(told.problem)
        log.info(
            "connection_refused",
            problem=told.problem,
            request_id=told.request_id,
            address=self.client and self.client[0],
        )
        self.transport.write(told.sent)
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self._is_cut_off():
            self.transport.close()
        else:
            self.flow.resume_reading()
            Lingering(self.transport, self)

    def _is_cut_off(self) -> bool:
        return len(self.connections) > self._limits.connections + BEYOND

    def _is_idle_without_end(self) -> bool:
        """Whatever comes ends the time to be idle, also what begins no request."""
        is_answering = self.cycle is not None and not self.cycle.response_complete
        return self.timeout_keep_alive_task is None and not is_answering

    def _lasts(self) -> bool:
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return False
        return "lasts" in cycle.scope["state"]


def _telling(tell: Callable[[], None]) -> ASGI3Application:
    async def refused(
        _scope: Scope, _receive: ASGIReceiveCallable, _send: ASGISendCallable
    ) -> None:
        tell()

    return refused
