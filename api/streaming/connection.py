"""The connection of an answer that lasts: what a server knows of it, and ASGI has no words for."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from struct import Struct
from time import monotonic
from typing import NamedTuple

EXTENSION = "catalog.connection"
"""Of ASGI's scope: the `Connection` that the request came on."""
KERNEL_BYTES = 65_536
"""Of what a reader has not taken yet; Linux allows as much again for its own records. Left alone,
it would take megabytes of each before anybody sees that he is slow."""
LOOK_SECONDS = 1.0

_OPTION: int | None = getattr(socket, "TCP_INFO", None)
"""Only Linux has it as it is read here."""
_TCP_INFO = Struct("=24xI92xQ16xI")
"""Segments sent and not acknowledged, bytes acknowledged, bytes not sent."""


class _Taken(NamedTuple):
    bytes_acknowledged: int
    is_all: bool


class Connection:
    def __init__(
        self, transport: asyncio.Transport, drained: Callable[[], Awaitable[None]]
    ) -> None:
        """`drained` waits until the transport holds no more than its limit."""
        self.drained = drained
        self._transport = transport
        self._acknowledged = 0
        self._looked_at = 0.0
        self._silent_since: float | None = None

    def hold_nothing(self) -> None:
        """From now on nothing is written ahead of what the kernel takes: see `drains`."""
        if not self._transport.is_closing():
            self._transport.set_write_buffer_limits(high=0)

    def hold_little(self) -> None:
        """From now on little is written ahead of what its reader takes."""
        self.hold_nothing()
        if not self._transport.is_closing():
            with self._socket() as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)

    async def drains(self, silence_seconds: float) -> bool:
        """Wait until all that was written is with the kernel.

        False once its reader has acknowledged nothing for so long, of all that there is for him:
        he is slow, or his machine is gone. TCP_USER_TIMEOUT would be as hard on who takes little
        at a time without a pause.
        """
        while not self._is_silent(silence_seconds):
            if not self._transport.get_write_buffer_size():
                return True
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self.drained()
        return False

    def abort(self) -> None:
        """Drop it with all that was not taken: closed, it would wait for its reader for ever."""
        self._transport.abort()

    def _is_silent(self, seconds: float) -> bool:
        now = monotonic()
        if now - self._looked_at < LOOK_SECONDS or self._transport.is_closing():
            return False
        self._looked_at = now
        taken = self._taken()
        if taken.is_all or taken.bytes_acknowledged != self._acknowledged:
            self._silent_since = None
        elif self._silent_since is None:
            self._silent_since = now
        self._acknowledged = taken.bytes_acknowledged
        return self._silent_since is not None and now - self._silent_since >= seconds

    def _taken(self) -> _Taken:
        """Where the kernel tells nothing, who has not taken all for so long has taken none."""
        if _OPTION is None:
            return _Taken(0, is_all=not self._transport.get_write_buffer_size())
        with self._socket() as connection:
            told = connection.getsockopt(socket.IPPROTO_TCP, _OPTION, _TCP_INFO.size)
        in_flight, acknowledged, not_sent = _TCP_INFO.unpack(told)
        return _Taken(acknowledged, is_all=not (in_flight or not_sent))

    def _socket(self) -> socket.socket:
        """A handle of its own: those of transports do not pass options on."""
        return self._transport.get_extra_info("socket").dup()  # type: ignore[no-any-return]
