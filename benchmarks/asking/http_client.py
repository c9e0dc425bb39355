"""HTTP/1.1 with a fraction of a general client's work (RFC 9112): the servers need the cores."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

ANSWER_SECONDS = 15.0
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    """By names in lower case."""
    body: bytes


class Connection(asyncio.Protocol):
    """One request at a time, whose answer has a `Content-Length` or no body."""

    def __init__(self) -> None:
        self.lost = False
        self._received = b""
        self._answered: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        answer = _parsed(self._received)
        if answer and self._answered and not self._answered.done():
            self._received = b""
            self._answered.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if self._answered and not self._answered.done():
            self._answered.set_exception(error or ConnectionResetError())

    async def ask(self, request: bytes) -> Answer:
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered

    def close(self) -> None:
        self._transport.close()

    @property
    def port(self) -> int:
        """Its own, not the server's."""
        port: int = self._transport.get_extra_info("sockname")[1]
        return port


def _parsed(received: bytes) -> Answer | None:
    """None while there is more to come."""
    head, ended, body = received.partition(END_OF_HEAD)
    if not ended:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines)
    headers = {name.lower(): value for name, _, value in pairs}
    if len(body) < int(headers.get("content-length", "0")):
        return None
    return Answer(int(first.split()[1]), headers, body)


@dataclass(slots=True)
class Client:
    """Connections that are kept, and as many as requests are under way."""

    host: str
    port: int
    headers: Mapping[str, str]
    """Sent with every request."""
    _idle: deque[Connection] = field(default_factory=deque)

    async def ask(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Raises `OSError`, of which `TimeoutError` is one."""
        lines = {"Host": self.host, "Content-Length": str(len(body))}
        lines |= {**self.headers, **(headers or {})}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        request = f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode() + body
        async with asyncio.timeout(ANSWER_SECONDS):
            connection = self._reused() or await self._connected()
            try:
                answer = await connection.ask(request)
            except BaseException:
                connection.close()
                raise
        if "close" in answer.headers.get("connection", ""):
            connection.close()
        else:
            self._idle.append(connection)
        return answer

    def close(self) -> None:
        for connection in self._idle:
            connection.close()

    @property
    def ports(self) -> set[int]:
        """From which it asks next."""
        return {connection.port for connection in self._idle}

    def _reused(self) -> Connection | None:
        """The one that was idle longest: so none is idle until the server closes it."""
        while self._idle:
            connection = self._idle.popleft()
            if not connection.lost:
                return connection
        return None

    async def _connected(self) -> Connection:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(Connection, self.host, self.port)
        return connection
