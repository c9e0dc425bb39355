"""A way to PostgreSQL that a test can cut."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy.engine import URL, make_url


class Proxy:
    def __init__(self, database: URL) -> None:
        self._database = database
        self._server: asyncio.Server | None = None
        self._connections: set[StreamWriter] = set()
        self._port = 0

    @property
    def url(self) -> str:
        address = self._database.set(host="127.0.0.1", port=self._port, query={})
        return address.render_as_string(hide_password=False)

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
        except OSError:  # the database is away, and so seems what stands before it
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
                    asyncio.create_task(_pass_on(reader, there)),
                    asyncio.create_task(_pass_on(there_reader, writer)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        for each in (writer, there):
            each.close()
        self._connections -= {writer, there}

    async def _dial(self) -> tuple[StreamReader, StreamWriter]:
        port = self._database.port or 5432
        if directory := self._database.query.get("host"):
            return await asyncio.open_unix_connection(f"{directory}/.s.PGSQL.{port}")
        return await asyncio.open_connection(self._database.host, port)


async def _pass_on(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(OSError):
        while received := await reader.read(65_536):
            writer.write(received)
            await writer.drain()


@asynccontextmanager
async def proxy(database_url: str) -> AsyncIterator[Proxy]:
    made = Proxy(make_url(database_url))
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
