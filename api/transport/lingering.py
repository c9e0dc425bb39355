"""A connection that ends after an answer which whoever is there may still be writing against.

Closed with bytes unread it would be reset, and the answer lost on its way (RFC 9112, 9.6).
"""

import asyncio

SECONDS = 2.0
BYTES = 1_048_576


class Lingering(asyncio.Protocol):
    """Says that no more is said, and drops what comes: so much at most, for so long."""

    def __init__(self, transport: asyncio.Transport, left: asyncio.Protocol) -> None:
        """In place of `left`, which hears of the connection's end."""
        self._transport = transport
        self._left = left
        self._remaining = BYTES
        self._end = asyncio.get_running_loop().call_later(SECONDS, transport.abort)
        transport.set_protocol(self)
        transport.write_eof()

    def data_received(self, data: bytes) -> None:
        self._remaining -= len(data)
        if self._remaining < 0:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end.cancel()
        self._left.connection_lost(exc)
