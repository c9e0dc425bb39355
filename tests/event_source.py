"""A reader of text/event-stream (WHATWG HTML, 9.2) over a plain socket."""

import asyncio
import json
import socket
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

PATIENCE_SECONDS = 20.0
SEGMENT_BYTES = 1_400


@dataclass(frozen=True, slots=True)
class Event:
    id: int
    type: str
    data: Any


def blocks(body: bytes) -> list[Event]:
    """The events of a piece of a stream."""
    fields = [_fields(block) for block in body.split(b"\n\n") if block]
    return [_event(each) for each in fields if "data" in each]


def _fields(block: bytes) -> dict[str, str]:
    lines = (line.partition(":") for line in block.decode().split("\n"))
    return {name: value.removeprefix(" ") for name, _, value in lines}


def _event(fields: Mapping[str, str]) -> Event:
    return Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))


@dataclass(slots=True)
class EventSource:
    reader: StreamReader
    writer: StreamWriter
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    last_event_id: int | None = None
    retry: int | None = None
    comments: int = 0
    has_ended: bool = False
    _buffer: bytes = b""

    async def events(self, count: int) -> list[Event]:
        """So many more."""
        return [await self.event() for _ in range(count)]

    async def positions(self, count: int) -> list[int]:
        return [event.id for event in await self.events(count)]

    async def event(self) -> Event:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                if (event := await self.block()) is not None:
                    return event

    async def block(self) -> Event | None:
        """None for one that is no event. Raises EOFError at the end of the answer."""
        while b"\n\n" not in self._buffer:
            self._buffer += await self._chunk()
        block, _, self._buffer = self._buffer.partition(b"\n\n")
        fields = _fields(block)
        self.comments += "" in fields
        if "id" in fields:
            self.last_event_id = int(fields["id"])
        if "retry" in fields:
            self.retry = int(fields["retry"])
        return _event(fields) if "data" in fields else None

    async def ends(self) -> None:
        """Whatever comes before."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.has_ended:
                await self._chunk_or_end()

    async def _chunk(self) -> bytes:
        chunk = await self._chunk_or_end()
        if self.has_ended:
            raise EOFError
        return chunk

    async def _chunk_or_end(self) -> bytes:
        size = int(await self.reader.readline() or b"0", 16)
        chunk = (await self.reader.readexactly(size + 2))[:-2] if size else b""
        self.has_ended = not size
        return chunk

    async def asks(self, path: str, headers: Mapping[str, str], method: str = "GET") -> None:
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        self.status = int(head[0].split()[1])
        named = (line.partition(": ") for line in head[1:] if line)
        self.headers = {name.lower(): value for name, _, value in named}


@asynccontextmanager
async def connected(
    address: str,
    token: str,
    *,
    last_event_id: int | None = None,
    window: int | None = None,
    path: str = "/v1/catalogs/main/events",
    **asked: object,
) -> AsyncIterator[EventSource]:
    """To the events of `main`, or to `path`; about so many bytes as `window` says are taken ahead.

    They come in segments as over Ethernet: those of a loopback are larger than such a window.
    """
    there = urlsplit(address)
    connection = socket.socket()
    if window:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
    connection.setblocking(False)  # noqa: FBT003 -- socket's
    await asyncio.get_running_loop().sock_connect(connection, (there.hostname, there.port))
    reader, writer = await asyncio.open_connection(sock=connection, limit=window or 2**16)
    source = EventSource(reader, writer)
    headers = {
        "Host": there.netloc,
        "Accept": "text/event-stream",
        "Authorization": f"Bearer {token}",
    }
    if last_event_id is not None:
        headers["Last-Event-ID"] = str(last_event_id)
    try:
        await source.asks(f"{path}?{urlencode(asked, doseq=True)}", headers)
        yield source
    finally:
        writer.transport.abort()
