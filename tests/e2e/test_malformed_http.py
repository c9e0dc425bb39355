"""What is no HTTP/1.1, or two requests at once: refused or left, and the process lives on."""

import re
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from tests.serving import served
from tests.wire import HOST, problems, said_to, statuses

LIVE = b"GET /health/live HTTP/1.1\r\n"
LAST = b"Connection: close\r\n\r\n"
POST = b"POST /v1/auth/token HTTP/1.1\r\n" + HOST
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

NOT_HTTP = (
    b"\0" * 100,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /health/live\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"M" * 100_000,
    b"VERYLONGMETHOD / HTTP/1.1\r\n" + HOST + b"\r\n",
    b"get /health/live HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET health HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET ?q HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET http:///health/live HTTP/1.1\r\n" + HOST + b"\r\n",
    b"CONNECT catalog.test:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /health/live HTTP/9.9\r\n" + HOST + b"\r\n",
    b"GET /health/live HTTP/1.1\n" + HOST + b"\n",
    LIVE + b"\r\n",
    LIVE + HOST + HOST + b"\r\n",
    LIVE + HOST + b"X: a\0b\r\n\r\n",
    LIVE + HOST + b"X\r\n\r\n",
    LIVE + HOST + b" folded: x\r\n\r\n",
    LIVE + HOST + b"X : y\r\n\r\n",
)
UNCLEAR = (
    POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    POST + b"Content-Length: 5, 5\r\n\r\nabcde",
    POST + b"Content-Length: +5\r\n\r\nabcde",
    POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
    POST + b"Content-Length: " + b"0" * 4_400 + b"3\r\n\r\na=b",
    POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    CHUNKED + b"zz\r\n",
    CHUNKED + b"-1\r\n",
    CHUNKED + b"fffffffffffffffff\r\n",
    CHUNKED + b"1\r\nabc\r\n",
)
"""Where a body ends, which two servers may understand in two ways."""
UNUSUAL = (
    (b"\r\n\r\n" + LIVE + HOST + LAST, 200),
    (b"GET /health/live HTTP/1.0\r\n\r\n", 200),
    (b"GET http://elsewhere.test/health/live HTTP/1.1\r\n" + HOST + LAST, 200),
    (b"OPTIONS * HTTP/1.1\r\n" + HOST + LAST, 404),
    (b"CONNECT /health/live HTTP/1.1\r\n" + HOST + b"\r\n", 405),
    (POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n" + LAST + b"a=b", 422),
)


@pytest.fixture
async def address(app: FastAPI) -> AsyncIterator[str]:
    """Of a process that fails at nothing, and answers at the end as at the beginning."""
    with capture_logs() as lines:
        async with served(app) as address:
            yield address
            assert statuses(await said_to(address, LIVE + HOST + LAST)) == [200]
    assert [line for line in lines if line["log_level"] in {"error", "critical"}] == []


async def test_what_is_no_request_is_answered_so_and_left(address: str) -> None:
    for sent in NOT_HTTP:
        received = await said_to(address, sent)
        assert (sent[:60], problems(received)) == (sent[:60], ["malformed-request"])
        head, _, _ = received.lower().partition(b"\r\n\r\n")
        assert statuses(received) == [400]
        for field in (b"connection: close", b"cache-control: no-store", b"nosniff"):
            assert field in head


async def test_who_is_refused_is_found_in_the_log_by_what_he_was_told(app: FastAPI) -> None:
    async with served(app) as address:
        with capture_logs() as lines:
            received = await said_to(address, NOT_HTTP[0])
    told = re.search(rb"\r\nx-request-id: (\w{32})\r\n", received.lower())
    [line] = [line for line in lines if line["event"] == "connection_refused"]
    assert told
    assert (line["request_id"], line["address"]) == (told[1].decode(), "127.0.0.1")


async def test_nobody_smuggles_a_request_in_another(address: str) -> None:
    smuggled = LIVE + HOST + b"X-Request-ID: smuggled\r\n\r\n"
    for sent in UNCLEAR:
        received = await said_to(address, sent, smuggled)
        assert (sent, statuses(received)) == (sent, [400])
        assert b"smuggled" not in received


async def test_what_is_unusual_and_allowed_is_answered(address: str) -> None:
    for sent, status in UNUSUAL:
        received = await said_to(address, sent)
        assert (sent, statuses(received)[-1]) == (sent, status)


async def test_no_other_protocol_is_begun_and_nothing_behind_it_is_read(address: str) -> None:
    for protocol in (b"websocket", b"h2c", b"TLS/1.0"):
        upgrade = b"Connection: Upgrade\r\nUpgrade: " + protocol + b"\r\n\r\n"
        received = await said_to(address, LIVE + HOST + upgrade, LIVE + HOST + LAST)
        assert (protocol, statuses(received)) == (protocol, [200])


async def test_trailers_are_no_headers(address: str) -> None:
    chunked = LIVE + HOST + b"Transfer-Encoding: chunked\r\n" + LAST
    received = await said_to(address, chunked, b"0\r\nX-Request-ID: trailing\r\n\r\n")
    assert statuses(received) == [200]
    assert b"trailing" not in received


async def test_who_asks_without_waiting_for_answers_is_heard_up_to_a_point(address: str) -> None:
    received = await said_to(address, (LIVE + HOST + b"\r\n") * 90, LIVE + HOST + LAST)
    assert statuses(received) == [200] * 91
    flood = await said_to(address, (LIVE + HOST + b"\r\n") * 20_000)
    assert len(statuses(flood)) < 200
