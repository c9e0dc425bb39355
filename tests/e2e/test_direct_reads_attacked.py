"""Reads before FastAPI, asked for by somebody hostile over a socket: answers or refusals."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from time import time

import jwt
import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from api.auth.databases import Databases
from api.auth.signing.keys import KeyRing
from api.auth.signing.tokens import LEEWAY_SECONDS, Claims, Tokens
from api.settings import Settings
from tests.auth import Service, given_user
from tests.conversation import PRODUCTS, Caller
from tests.serving import served

pytest_plugins = ("tests.conversation_fixtures",)
pytestmark = pytest.mark.usefixtures("projecting", "nothing_fails")

CRLF = b"\r\n"
ANSWER_SECONDS = 30.0
_STATUS = re.compile(rb"HTTP/1\.1 ([0-9]{3}) ")


UNCLEAR_LENGTHS = (
    (b"Content-Length: 5", b"Transfer-Encoding: chunked"),
    (b"Content-Length: 5", b"Content-Length: 6"),
    (b"Content-Length: x",),
    (b"Content-Length: -1",),
)
UNFIT_IDS = (
    b"a\rX-Evil: 1",
    b"a\nX-Evil: 1",
    b"a\r\n X-Evil: 1",
    b"a\0",
    b"a%0d%0aX-Evil:1",
    b"\xff",
)
ODD_HEADERS = (
    ([b"X-%d: y" % number for number in range(90)], 200),
    ([b"X-%d: y" % number for number in range(2_000)], 431),
    ([b"X-Long: " + b"y" * 15_000], 200),
    ([b"X-Long: " + b"y" * 200_000], 431),
    ([b"Accept-Encoding: " + b"gzip;q=0.1 ," * 1_000], 200),
    ([b"X-\xc3\xa9: y"], 400),
    ([b"X-Nul: \0"], 400),
    ([b"X-Bytes: \xff\xfe", b"Accept-Encoding: \xff"], 200),
    ([b"If-None-Match: \xff"], 422),
    ([b"If-None-Match: " + b'"1",' * 1_000], 422),
    ([b"Authorization: Bearer none"], 200),
    ([b'If-None-Match: "1"', b'If-None-Match: "2"'], 200),
    ([b"Catalog-Min-Position: 1", b"Catalog-Min-Position: 2"], 200),
    ([b"Catalog-Min-Position: +1"], 422),
    ([b"Catalog-Min-Position: \xd9\xa1"], 422),
    ([b"Expect: 100-continue", b"Content-Length: 0"], 200),
)
"""Of a header that comes twice, the first counts."""
ODD_TARGETS = (
    (b"%b?", 200),
    (b"%b#fragment", 200),
    (b"http://elsewhere.test%b", 200),
    (b"/%b", 404),
    (b"/v1/..%b", 404),
    (b"%b/", 404),
    (b"%b%%2e", 422),
    (b"%b%%00", 422),
    (b"%b%%ff%%fe", 422),
    (b"%b%%zz", 422),
    (b"%b;x", 422),
    (b"%b\0", 400),
    (b"%b\xff", 400),
    (b"%b\xc3\xa9", 400),
    (b"%b x", 400),
    (b"http://%b", 400),
)
"""With the path of a product in them."""


@pytest.fixture
async def port(app: FastAPI) -> AsyncIterator[int]:
    async with served(app) as address:
        yield int(address.rpartition(":")[2])


@pytest.fixture
async def client(port: int) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=ANSWER_SECONDS) as client:
        yield client


@pytest.fixture
def nothing_fails() -> Iterator[None]:
    """As far as the process logs it."""
    with capture_logs() as lines:
        yield
    assert [line for line in lines if line["log_level"] in {"error", "critical"}] == []


@dataclass(frozen=True, slots=True)
class Attacker:
    """With a token that is good, on a connection of his own each time."""

    port: int
    token: bytes
    path: bytes

    def request(
        self, *headers: bytes, target: bytes | None = None, last: bool = True, body: bytes = b""
    ) -> bytes:
        lines = [
            b"GET %b HTTP/1.1" % (target or self.path),
            b"Host: catalog.test",
            b"Authorization: Bearer " + self.token,
            *headers,
            *([b"Connection: close"] if last else []),
        ]
        return CRLF.join([*lines, b"", body])

    async def sends(self, *sent: bytes) -> bytes:
        """All that comes until the connection ends."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        async with asyncio.timeout(ANSWER_SECONDS):
            writer.write(b"".join(sent))
            received = await reader.read()
        writer.close()
        return received

    async def gets(self, *headers: bytes, target: bytes | None = None) -> bytes:
        return await self.sends(self.request(*headers, target=target))


@pytest.fixture
async def attacker(anna: Caller, port: int) -> Attacker:
    """The process knows him, so that what is regular is answered before FastAPI."""
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    await anna.reads(path, receipt["position"])
    return Attacker(port, str(anna.token).encode(), path.encode())


def statuses(received: bytes) -> list[int]:
    return [int(each) for each in _STATUS.findall(received)]


async def test_bodies_of_reads_are_passed_over_and_end_where_they_say(attacker: Attacker) -> None:
    sized = attacker.request(b"Content-Length: 5", last=False, body=b"GET /")
    chunked = attacker.request(
        b"Transfer-Encoding: chunked", last=False, body=b"5\r\nGET /\r\n0\r\n\r\n"
    )
    received = await attacker.sends(sized, chunked, attacker.request())
    assert statuses(received) == [200, 200, 200]


async def test_who_does_not_say_where_a_body_ends_smuggles_nothing(attacker: Attacker) -> None:
    for lengths in UNCLEAR_LENGTHS:
        smuggled = attacker.request(b"X-Request-ID: smuggled")
        received = await attacker.sends(attacker.request(*lengths, last=False), smuggled)
        assert (lengths, statuses(received)) == (lengths, [400])
        assert b"smuggled" not in received


async def test_pipelined_requests_are_answered_in_their_order(attacker: Attacker) -> None:
    paths = [None, b"/nothing", None, b"/health/live", None] * 10
    requests = [
        attacker.request(b"X-Request-ID: r%d" % number, target=path, last=False)
        for number, path in enumerate(paths)
    ]
    received = await attacker.sends(*requests, attacker.request(b"X-Request-ID: r50"))
    assert statuses(received) == [200, 404, 200, 200, 200] * 10 + [200]
    ids = re.findall(rb"x-request-id: r([0-9]+)\r\n", received)
    assert [int(each) for each in ids] == list(range(51))


async def test_no_request_id_becomes_a_header(attacker: Attacker) -> None:
    for value in UNFIT_IDS:
        received = await attacker.gets(b"X-Request-ID: " + value)
        head, _, _ = received.lower().partition(2 * CRLF)
        assert (value, statuses(received) in ([200], [400])) == (value, True)
        assert b"x-evil" not in head


async def test_odd_headers_are_refused_or_change_nothing(attacker: Attacker) -> None:
    for headers, status in ODD_HEADERS:
        received = await attacker.gets(*headers)
        assert (headers[0][:80], statuses(received)) == (headers[0][:80], [status])


async def test_odd_targets_are_what_they_say_or_nothing(attacker: Attacker) -> None:
    for form, status in ODD_TARGETS:
        received = await attacker.gets(target=form % attacker.path)
        assert (form, statuses(received)) == (form, [status])


async def test_a_path_that_is_encoded_is_the_same_path(attacker: Attacker) -> None:
    encoded = b"".join(b"%%%02x" % each for each in attacker.path[1:])
    assert statuses(await attacker.gets(target=b"/" + encoded)) == [200]


async def test_who_speaks_another_http_is_answered_and_left(attacker: Attacker) -> None:
    for version, answers in ((b"1.0", [200]), (b"2.0", [200]), (b"9.9", [400])):
        request = attacker.request().replace(b"HTTP/1.1", b"HTTP/" + version, 1)
        assert (version, statuses(await attacker.sends(request))) == (version, answers)


def issuing(engine: AsyncEngine, issuer: str, *, ago: float = 0) -> Tokens:
    """With the key that all processes trust."""
    keys = KeyRing(Databases({"database": engine}))
    return Tokens(
        keys,
        issuer=issuer,
        audience="catalog",
        seconds=10,
        remembered=10,
        clock=lambda: time() - ago,
    )


async def issued(engine: AsyncEngine, claims: Claims, issuer: str, *, ago: float = 0) -> str:
    tokens = issuing(engine, issuer, ago=ago)
    return tokens.issue(await tokens.keys.signer(), claims.sub, claims.sid)


async def test_a_token_of_another_issuer_opens_nothing(
    anna: Caller, attacker: Attacker, engine: AsyncEngine, settings: Settings
) -> None:
    claims = claims_of(anna)
    for issuer, status in (("elsewhere", 401), (settings.token_issuer, 200)):
        token = await issued(engine, claims, issuer)
        (await Caller(anna.http, token).gets(attacker.path.decode())).gives(status)


def claims_of(caller: Caller) -> Claims:
    payload = jwt.decode(str(caller.token), options={"verify_signature": False})
    kid = jwt.get_unverified_header(str(caller.token))["kid"]
    return Claims(payload["sub"], payload["sid"], payload["exp"], kid)


async def test_a_token_opens_nothing_from_the_moment_in_which_it_expires(
    anna: Caller, attacker: Attacker, engine: AsyncEngine, settings: Settings
) -> None:
    claims = claims_of(anna)
    late = Caller(anna.http, await issued(engine, claims, settings.token_issuer, ago=10.5))
    ending = claims_of(late).exp + LEEWAY_SECONDS
    answered: list[tuple[bool, int]] = []
    while not answered or answered[-1][0]:
        asked_in_time = time() < ending
        answer = await late.gets(attacker.path.decode())
        answered.append((asked_in_time, answer.response.status_code))
    assert {status for in_time, status in answered if not in_time} == {401}
    assert [status for _, status in answered] == sorted(status for _, status in answered)


async def test_who_was_refused_a_catalog_or_is_gone_learns_nothing(
    anna: Caller, attacker: Attacker, engine: AsyncEngine
) -> None:
    outlet = {"key": "outlet", "name": "Outlet", "default_currency": "EUR"}
    (await anna.posts("/v1/catalogs", outlet)).gives(201)
    await given_user(engine, "bert", {"outlet": "viewer"})
    service, path = Service(anna.http), attacker.path.decode()
    bert = Caller(anna.http, await service.token_of("bert"))
    for _ in range(2):
        (await bert.gets(path)).refused(404, "unknown-catalog")

    await service.revoke(str(anna.token), by=str(anna.token))
    (await anna.gets(path)).gives(401)
    assert statuses(await attacker.gets()) == [401]
