"""Who has asked is answered, whatever comes after it on his connection, and what is refused so."""

import asyncio
from asyncio import StreamWriter
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from api.main import create_app
from api.serving.stopping import Server
from api.settings import Settings
from api.transport import lingering
from tests.eventually import eventually
from tests.serving import serving
from tests.wire import HOST, dialled, problems, said_to, statuses, until_its_end

LIVE = b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"
SLOW = b"GET /slow HTTP/1.1\r\n" + HOST + b"\r\n"
FORM = (
    b"POST /v1/auth/token HTTP/1.1\r\n"
    + HOST
    + b"Content-Type: application/x-www-form-urlencoded\r\n"
)
GARBAGE = b"GARBAGE\r\n\r\n"
BROKEN = FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"
LARGE = b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n"
MUCH = b"a" * 500_000


@pytest.fixture
def enough() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def running(settings: Settings, enough: asyncio.Event) -> AsyncIterator[tuple[str, Server]]:
    app: FastAPI = create_app(settings)

    @app.get("/slow")
    async def slow() -> None:
        await enough.wait()

    async with serving(app) as served:
        yield served


@pytest.fixture
def address(running: tuple[str, Server]) -> str:
    return running[0]


@pytest.mark.parametrize("asked", [1, 3])
@pytest.mark.parametrize(
    ("behind", "status"), [(GARBAGE, 400), (BROKEN, 400), (LARGE, 431), (GARBAGE + MUCH, 400)]
)
async def test_what_is_refused_waits_for_the_answers_before_it(
    address: str, asked: int, behind: bytes, status: int
) -> None:
    received = await said_to(address, LIVE * asked, behind)
    assert statuses(received) == [200] * asked + [status]


async def test_nothing_behind_what_is_refused_is_read(address: str, enough: asyncio.Event) -> None:
    async with dialled(address) as (reader, writer):
        writer.write(SLOW + BROKEN)
        await writer.drain()
        assert statuses(await said_to(address, GARBAGE)) == [400]
        writer.write(LIVE)
        enough.set()
        assert statuses(await until_its_end(reader)) == [200, 400]


@pytest.mark.parametrize(("refused", "status"), [(GARBAGE, 400), (LARGE, 431), (BROKEN, 400)])
async def test_who_is_still_sending_hears_why_he_is_refused(
    address: str, refused: bytes, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lingering, "SECONDS", 30.0)
    async with dialled(address) as (reader, writer):
        writer.write(refused)
        first = await reader.readexactly(1)
        for _ in range(20):
            writer.write(MUCH[:10_000])
            await writer.drain()
        assert statuses(first + await until_its_end(reader)) == [status]


async def test_who_sends_without_end_is_not_heard_for_ever(address: str) -> None:
    async def sends(writer: StreamWriter) -> None:
        while True:
            writer.write(MUCH)
            await writer.drain()

    async with dialled(address) as (_, writer):
        writer.write(GARBAGE)
        with pytest.raises(ConnectionError):
            await sends(writer)


async def test_who_asks_and_says_no_more_is_answered(address: str) -> None:
    for asked in (1, 3):
        async with dialled(address) as (reader, writer):
            writer.write(LIVE * asked)
            writer.write_eof()
            assert statuses(await until_its_end(reader)) == [200] * asked


async def test_who_asks_for_less_than_a_request_and_says_no_more_is_left(address: str) -> None:
    for part in (b"", b"GET /", FORM + b"Content-Length: 10\r\n\r\na"):
        async with dialled(address) as (reader, writer):
            writer.write(part)
            writer.write_eof()
            assert await until_its_end(reader) == b""


async def test_whom_the_process_keeps_waiting_is_not_late(
    running: tuple[str, Server], enough: asyncio.Event
) -> None:
    address, server = running
    async with dialled(address) as (reader, writer):
        writer.write(SLOW + FORM + b"Connection: close\r\nContent-Length: 3\r\n\r\na")

        async def is_waiting() -> bool:
            return any(connection.pipeline for connection in server.connections())

        await eventually(is_waiting)
        for connection in server.connections():
            connection.look(asyncio.get_running_loop().time() + 1_000)
        enough.set()
        writer.write(b"=b")
        received = await until_its_end(reader)
        assert (statuses(received), problems(received)) == ([200, 422], ["invalid-input"])
