"""Who asks over and over: wrk, and a client in Python where that is missing."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from benchmarks.asking import python_client, wrk
from benchmarks.asking.asking import NUMBER, Ask, Asking, Target
from cli.address import Address

SECONDS = 1.0
READ, KNOWN = Target("/lamp"), Target("/lamp", '"7"')
WRITTEN = Target("/lamp", method="POST", body=f'{{"sku": "LAMP-{NUMBER}"}}')
LENGTH = re.compile(rb"^Content-Length: (\d+)\r$", re.MULTILINE | re.IGNORECASE)
CLIENTS = [
    pytest.param(python_client.ask, id="python"),
    pytest.param(
        wrk.ask,
        id="wrk",
        marks=pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed"),
    ),
]


@dataclass(slots=True)
class Lamp:
    """The only thing that is served, as often as it is asked for."""

    bodies: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(head)
                self.bodies.append(await reader.readexactly(int(length[1]) if length else 0))
                status = self._status(head, self.bodies[-1])
                writer.write(f"HTTP/1.1 {status} -\r\nContent-Length: 0\r\n\r\n".encode())
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _status(self, head: bytes, body: bytes) -> int:
        if b" /lamp HTTP" not in head:
            return 404
        if body:
            return 201 if head.startswith(b"POST ") else 405
        return 304 if b'If-None-Match: "7"' in head else 200


@pytest.fixture
def lamp() -> Lamp:
    return Lamp()


@pytest.fixture
async def address(lamp: Lamp) -> AsyncIterator[Address]:
    async with await asyncio.start_server(lamp.serve, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        yield Address(host, port)


def _asking(address: Address, *targets: Target) -> Asking:
    return Asking(address=address, targets=targets, headers={}, connections=2)


@pytest.mark.parametrize("ask", CLIENTS)
@pytest.mark.parametrize("target", [READ, KNOWN, WRITTEN], ids=["read", "known", "written"])
async def test_a_client_asks_over_and_over(address: Address, ask: Ask, target: Target) -> None:
    asked = await ask(_asking(address, target), SECONDS)

    assert asked.requests > 2
    assert asked.failed == 0
    assert 0 < asked.p50_ms <= asked.p99_ms


@pytest.mark.parametrize("ask", CLIENTS)
async def test_what_a_client_is_refused_has_failed(address: Address, ask: Ask) -> None:
    asked = await ask(_asking(address, READ, Target("/nowhere")), SECONDS)

    assert asked.requests > 0
    assert asked.failed > 0


@pytest.mark.parametrize("ask", CLIENTS)
async def test_no_two_writes_are_the_same(address: Address, ask: Ask, lamp: Lamp) -> None:
    await ask(_asking(address, WRITTEN), SECONDS)

    assert len(lamp.bodies) == len({*lamp.bodies}) > 2
    assert len({len(body) for body in lamp.bodies}) == 1
