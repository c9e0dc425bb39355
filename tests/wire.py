"""HTTP as bytes on a socket, from who need not be a browser."""

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

HOST = b"Host: catalog.test\r\n"
PATIENCE_SECONDS = 30.0
_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3}) ")
_PROBLEM = re.compile(rb'"type":"/problems/([a-z-]+)"')


@asynccontextmanager
async def dialled(address: str) -> AsyncIterator[tuple[StreamReader, StreamWriter]]:
    there = urlsplit(address)
    reader, writer = await asyncio.open_connection(there.hostname, there.port)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def said_to(address: str, *sent: bytes) -> bytes:
    """All that comes until the other side ends the connection."""
    async with dialled(address) as (reader, writer):
        writer.write(b"".join(sent))
        return await until_its_end(reader)


async def until_its_end(reader: StreamReader) -> bytes:
    """A reset is an end as well, of who sent more than was read."""
    received = bytearray()
    async with asyncio.timeout(PATIENCE_SECONDS):
        with suppress(ConnectionError):
            while some := await reader.read(65_536):
                received += some
    return bytes(received)


def statuses(received: bytes) -> list[int]:
    return [int(each) for each in _STATUS.findall(received)]


def problems(received: bytes) -> list[str]:
    return [each.decode() for each in _PROBLEM.findall(received)]
