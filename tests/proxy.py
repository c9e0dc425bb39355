"""A way to PostgreSQL or to Redis that a test can cut, and on which answers come late."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url

type Dial = Callable[[], Awaitable[tuple[StreamReader, StreamWriter]]]


class Proxy:
    def __init__(self, dial: Dial, url: Callable[[int], str]) -> None:
        """How to reach what stands behind it, and its address by its port."""
        self.delay_seconds = 0.0
        """Of each answer."""
        self._dial = dial
        self._url = url
        self._server: asyncio.Server | None = None
        self._connections: set[StreamWriter] = set()
        self._port = 0

    @property
    def url(self) -> str:
        return self._url(self._port)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections, and end those that there are."""
        if self._server is not None:
            server, self._server = self._server, None
            server.close()
            for writer in self._connections:
                writer.transport.abort()
            await server.wait_closed()

    async def _join(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            there_reader, there = await self._dial()
        except OSError:  # the server is away, and so seems what stands before it
            writer.transport.abort()
            return
        if self._server is None:  # it was stopped meanwhile
            writer.transport.abort()
            there.transport.abort()
            return
        self._connections |= {writer, there}
        with suppress(OSError):
            await asyncio.wait(
                [
                    asyncio.create_task(_pass_on(reader, there, lambda: 0)),
                    asyncio.create_task(_pass_on(there_reader, writer, lambda: self.delay_seconds)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        for each in (writer, there):
            each.close()
        self._connections -= {writer, there}


async def _pass_on(
    reader: StreamReader, writer: StreamWriter, delay_seconds: Callable[[], float]
) -> None:
    with suppress(OSError):
        while received := await reader.read(65_536):
            await asyncio.sleep(delay_seconds())
            writer.write(received)
            await writer.drain()


@asynccontextmanager
async def proxy(database_url: str) -> AsyncIterator[Proxy]:
    """Before PostgreSQL."""
    database = make_url(database_url)

    async def dial() -> tuple[StreamReader, StreamWriter]:
        port = database.port or 5432
        if directory := database.query.get("host"):
            return await asyncio.open_unix_connection(f"{directory}/.s.PGSQL.{port}")
        return await asyncio.open_connection(database.host, port)

    def url(port: int) -> str:
        address = database.set(host="127.0.0.1", port=port, query={})
        return address.render_as_string(hide_password=False)

    async with _started(Proxy(dial, url)) as started:
        yield started


@asynccontextmanager
async def redis_proxy(redis_url: str) -> AsyncIterator[Proxy]:
    there = urlsplit(redis_url)

    async def dial() -> tuple[StreamReader, StreamWriter]:
        if there.scheme == "unix":
            return await asyncio.open_unix_connection(there.path)
        return await asyncio.open_connection(there.hostname, there.port)

    async with _started(Proxy(dial, lambda port: f"redis://127.0.0.1:{port}?{there.query}")) as it:
        yield it


@asynccontextmanager
async def _started(made: Proxy) -> AsyncIterator[Proxy]:
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
