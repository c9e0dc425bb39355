"""Who sends slowly, or too much, who does not read, and who comes a hundred times at once."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from time import monotonic

import pytest
from fastapi import FastAPI, Response

from api.main import create_app
from api.serving.stopping import Server
from api.settings import Settings
from api.transport import protocol
from tests.eventually import eventually
from tests.serving import serving
from tests.wire import HOST, dialled, problems, said_to, statuses, until_its_end

LIVE = b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"
LAST = b"GET /health/live HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
POST = b"POST /v1/auth/token HTTP/1.1\r\n" + HOST
FORM = POST + b"Content-Type: application/x-www-form-urlencoded\r\n"
HEADER_BYTES = 4_096
ARRIVAL_SECONDS = 1.0
LATE_SECONDS = ARRIVAL_SECONDS + 10
CONNECTIONS = 8
LARGE_BYTES = 5_000_000


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    strict = {
        "header_bytes_limit": HEADER_BYTES,
        "arrival_seconds": ARRIVAL_SECONDS,
        "send_seconds": 1.0,
        "idle_seconds": 1,
        "connections_limit": CONNECTIONS,
    }
    app = create_app(settings.model_copy(update=strict))

    @app.get("/large")
    async def large() -> Response:
        return Response(b"x" * LARGE_BYTES)

    return app


async def is_left(server: Server) -> bool:
    return not server.server_state.connections


@pytest.fixture
async def running(app: FastAPI) -> AsyncIterator[tuple[str, Server]]:
    async with serving(app) as served:
        yield served
        assert statuses(await said_to(served[0], LAST)) == [200]


@pytest.fixture
def address(running: tuple[str, Server]) -> str:
    return running[0]


@pytest.fixture
def server(running: tuple[str, Server]) -> Server:
    return running[1]


async def test_who_begins_and_does_not_go_on_is_let_go(address: str) -> None:
    beginnings = (
        b"",
        b"G",
        b"GET /health/live HTTP/1.1\r\nHost: cat",
        LIVE[:-2],
        b"\r\n",
        FORM + b"Content-Length: 100\r\n\r\na",
        FORM + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
    )
    began = monotonic()
    answers = await asyncio.gather(*(said_to(address, each) for each in beginnings))
    assert monotonic() - began < LATE_SECONDS
    for beginning, received in zip(beginnings, answers, strict=True):
        assert problems(received) == ["request-timeout"], beginning
        assert statuses(received) == [408], beginning


async def test_who_sends_a_byte_at_a_time_is_let_go(address: str) -> None:
    async def let_go(before: bytes) -> bytes:
        async with dialled(address) as (reader, writer):
            ended = asyncio.create_task(until_its_end(reader))
            writer.write(before)
            began = monotonic()
            for byte in LIVE * 100:
                if ended.done() or monotonic() - began > LATE_SECONDS:
                    break
                writer.write(bytes([byte]))
                await asyncio.wait([ended], timeout=0.05)
            return await ended

    for received in await asyncio.gather(let_go(b""), let_go(LIVE)):
        assert problems(received)[-1:] == ["request-timeout"]


async def test_who_keeps_a_connection_and_says_nothing_is_let_go(address: str) -> None:
    began = monotonic()
    answers = await asyncio.gather(said_to(address, LIVE), said_to(address, LIVE, b"\r\n"))
    assert [statuses(each) for each in answers] == [[200], [200]]
    assert monotonic() - began < LATE_SECONDS


async def test_a_head_that_is_too_large_is_refused(address: str) -> None:
    heads = (
        b"GET /" + b"a" * HEADER_BYTES + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /v1/me?" + b"a" * HEADER_BYTES + b" HTTP/1.1\r\n" + HOST + b"\r\n",
        LIVE[:-2] + b"X: " + b"y" * HEADER_BYTES + b"\r\n\r\n",
        LIVE[:-2] + b"X: y\r\n" * 100 + b"\r\n",
    )
    for received in await asyncio.gather(*(said_to(address, each) for each in heads)):
        assert (statuses(received), problems(received)) == ([431], ["headers-too-large"])


async def test_what_has_no_end_is_refused_long_before_it_fills_memory(address: str) -> None:
    """Be it a head, or what frames a body."""

    async def answered(beginning: bytes) -> bytes:
        async with dialled(address) as (reader, writer):
            writer.write(beginning)
            ended = asyncio.create_task(until_its_end(reader))
            sent = 0
            while not ended.done():
                writer.write(b"a" * 1_024)
                sent += 1_024
                await asyncio.wait([ended], timeout=0.02)
            assert sent < 16 * HEADER_BYTES
            return await ended

    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n"
    beginnings = (LIVE[:-2] + b"X: ", b"GET /", chunked + b"0\r\nX: ", chunked + b"1;x=")
    field, line, *_ = await asyncio.gather(*map(answered, beginnings))
    assert problems(field) == problems(line) == ["headers-too-large"]


async def test_a_body_of_many_small_chunks_is_a_body(address: str) -> None:
    chunks = b"1\r\na\r\n" * 8_000
    head = FORM + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    received = await said_to(address, head, chunks, b"0\r\n\r\n")
    assert (statuses(received), problems(received)) == ([422], ["invalid-input"])


async def test_no_more_connections_are_held_than_are_allowed(address: str, server: Server) -> None:
    """Who comes beyond them is told so, whatever he is still sending, and the process's health."""
    body = b"Content-Length: 500000\r\n\r\n" + b"a" * 500_000
    async with AsyncExitStack() as held:
        for _ in range(CONNECTIONS):
            await held.enter_async_context(dialled(address))
        answers = [await said_to(address, FORM + body) for _ in range(3)]
        assert [problems(each) for each in answers] == [["too-many-connections"]] * 3
        assert all(b"retry-after: 1" in each for each in answers)
        health = await said_to(address, LIVE)
        assert statuses(health) == [200]
        assert b"connection: close" in health
        assert problems(await said_to(address)) == ["too-many-connections"]
    await eventually(partial(is_left, server))


async def test_a_crowd_beyond_the_limit_is_cut(
    address: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BEYOND", 0)
    async with AsyncExitStack() as held:
        for _ in range(CONNECTIONS):
            await held.enter_async_context(dialled(address))
        assert problems(await said_to(address)) == ["too-many-connections"]
    await eventually(partial(is_left, server))


async def test_who_does_not_read_an_answer_is_let_go_with_it(address: str, server: Server) -> None:
    async with dialled(address) as (reader, writer):
        receiving = writer.get_extra_info("socket")
        receiving.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        reader._transport.pause_reading()  # type: ignore[attr-defined] # noqa: SLF001 -- he does not read
        writer.write(b"GET /large HTTP/1.1\r\n" + HOST + b"\r\n")

        async def is_sent() -> bool:
            return server.server_state.total_requests > 0

        await eventually(is_sent)
        assert server.server_state.connections
        await eventually(partial(is_left, server))


async def test_who_reads_slowly_and_does_read_gets_it_all(address: str) -> None:
    async with dialled(address) as (reader, writer):
        writer.write(b"GET /large HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        received = 0
        while some := await reader.read(1_000_000):
            received += len(some)
            await asyncio.sleep(0)
        assert received > LARGE_BYTES
