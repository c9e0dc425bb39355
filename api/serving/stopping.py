"""uvicorn, stopped so that nobody's request fails: it says so first, and goes on for a while.

A connection that is kept open may have a request on its way at any moment, and to close it would
lose that one. So each answer says `Connection: close` (RFC 9112, 9.6) as long as the drain lasts;
what is idle for all of it is closed at its end. Whom it accepted last it still hears.
"""

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from itertools import count
from time import monotonic
from types import FrameType

import uvicorn

from api.background import running
from api.resources import Resources
from api.serving.leaving import LEAVE
from api.transport.watching import WatchingServer

TICK_SECONDS = 0.1
FIRST_SECONDS = 1.0
"""For the first request of who was accepted last."""
_CLOSE = (b"connection", b"close")


class Server(WatchingServer):
    """Told to stop, it drains, ends what would not end by itself, and waits for the rest.

    SIGTERM: it goes on accepting while it drains, for who has not heard of it yet. LEAVE: others
    accept on the same socket. SIGINT: somebody waits for its end, so that it does not drain.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        *,
        drain_seconds: float,
        begun: Callable[[Resources], Coroutine[None, None, None]] | None = None,
    ) -> None:
        """`begun` runs as soon as it accepts, and is cancelled when it stops."""
        super().__init__(config)
        self._drain_seconds = drain_seconds
        self._begun = begun
        self._beginning: asyncio.Task[None] | None = None
        self._leaves = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._begun:
            self._beginning = asyncio.create_task(self._begun(self._resources))

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        before = signal.signal(LEAVE, self._leave)
        try:
            with super().capture_signals():
                yield
        finally:
            signal.signal(LEAVE, before)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGINT:
            self._drain_seconds = 0
        super().handle_exit(sig, frame)

    def _leave(self, _number: int, _frame: FrameType | None) -> None:
        self._leaves = True
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._beginning:
            self._beginning.cancel()
        self._resources.readiness.stop()
        self.config.encoded_headers.append(_CLOSE)
        self.server_state.default_headers.append(_CLOSE)  # of answers that are being made, too
        async with running(self._tick):
            await self._drain()
            self._resources.event_streams.end()
            await super().shutdown(sockets)

    async def _drain(self) -> None:
        if self._leaves:
            self._listen_no_more()
        await self._wait(self._drain_seconds, self._is_left)
        self._listen_no_more()
        if self._drain_seconds:
            await self._wait(FIRST_SECONDS, self._all_have_asked)

    async def _tick(self) -> None:
        for tick in count():
            await self.on_tick(tick)
            await asyncio.sleep(TICK_SECONDS)

    async def _wait(self, seconds: float, is_over: Callable[[], bool]) -> None:
        end = monotonic() + seconds
        while monotonic() < end and not self.force_exit:
            await asyncio.sleep(TICK_SECONDS)  # in which those are heard of who were just accepted
            if is_over():
                return

    def _listen_no_more(self) -> None:
        for server in self.servers:
            server.close()

    def _is_left(self) -> bool:
        """Whoever listens alone waits for those who have not heard of it, however few come."""
        return self._leaves and not self.server_state.connections

    def _all_have_asked(self) -> bool:
        return all(connection.cycle for connection in self.connections())

    @property
    def _resources(self) -> Resources:
        resources: Resources = self.lifespan.state["resources"]
        return resources
