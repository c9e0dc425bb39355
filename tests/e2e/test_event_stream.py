"""The log as server-sent events: from anywhere, in order, for as long as somebody may read it."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

import pytest
from fastapi import FastAPI, Request
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.signing import tokens
from api.auth.staying.lasting import still_audits
from api.main import create_app
from api.settings import Settings
from api.streaming import connection as connections
from events.database import driver
from events.product import ProductDescribed
from tests.auth import Service, given_user
from tests.conversation import PRODUCTS, Caller
from tests.event_source import connected
from tests.eventually import eventually
from tests.faulty import measured
from tests.given import LAMP, Log, registered
from tests.serving import served, serving

pytest_plugins = ("tests.conversation_fixtures",)

EVENTS = "/v1/catalogs/main/events"
BEAT_SECONDS = 0.2
SEND_SECONDS = 2.0


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    paced = {"event_stream_heartbeat_seconds": BEAT_SECONDS, "event_streams_limit": 6}
    return create_app(settings.model_copy(update=paced))


@pytest.fixture
def slow_app(settings: Settings) -> FastAPI:
    paced = {"event_stream_heartbeat_seconds": 1, "event_stream_send_seconds": SEND_SECONDS}
    return create_app(settings.model_copy(update=paced))


@pytest.fixture
async def client(address: str) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=address) as client:
        yield client


def long_texts(count: int) -> list[ProductDescribed]:
    return [ProductDescribed(description=f"{n}".ljust(20_000, "x")) for n in range(count)]


async def test_a_stream_tells_what_a_page_tells_and_goes_on(
    anna: Caller, address: str, token: str
) -> None:
    await anna.given()
    async with connected(address, token) as stream:
        before = await stream.events(2)
        await anna.given(sku="DESK-1")
        behind = await stream.events(2)

    assert stream.status == 200
    assert stream.headers["content-type"] == "text/event-stream"
    assert stream.headers["cache-control"] == "no-store"
    assert stream.headers["x-accel-buffering"] == "no"
    assert stream.retry
    items = (await anna.gets(EVENTS)).gives(200).body["items"]
    assert [event.data for event in [*before, *behind]] == items
    assert [(event.id, event.type) for event in [*before, *behind]] == [
        (item["position"], item["type"]) for item in items
    ]


async def test_it_resumes_behind_the_last_event_that_came_in(
    anna: Caller, address: str, token: str
) -> None:
    for number in range(3):
        await anna.given(sku=f"LAMP-{number}")

    async with connected(address, token, after=2) as stream:
        assert await stream.positions(4) == [3, 4, 5, 6]
    async with connected(address, token, after=1, last_event_id=4) as stream:
        assert await stream.positions(2) == [5, 6]
    async with connected(address, token, last_event_id=6) as stream:
        await anna.given(sku="DESK-1")
        assert await stream.positions(2) == [7, 8]


async def test_who_has_read_what_is_no_more_has_to_begin_anew(anna: Caller) -> None:
    await anna.given()
    lasting = {"Accept": "text/event-stream", "Last-Event-ID": "3"}
    for refused in (await anna.gets(EVENTS, lasting), await anna.gets(f"{EVENTS}?after=3")):
        assert refused.refused(409, "beyond-log")["head"] == 2
    (await anna.gets(f"{EVENTS}?after=2")).gives(200)


async def test_it_passes_on_what_is_asked_for_and_counts_the_rest_as_seen(
    anna: Caller, address: str, token: str
) -> None:
    lamp = await anna.given()
    async with connected(address, token, type="PriceSet", product=lamp["id"]) as stream:
        assert await stream.positions(1) == [2]
        await anna.given(sku="DESK-1")
        while stream.last_event_id != 4:
            assert await stream.block() is None
        price = {"amount": 5}
        (await anna.asks("PUT", f"{PRODUCTS}/{lamp['id']}/prices/USD", json=price)).gives(200)
        assert (await stream.event()).data["changes"][0]["after"]["amount"] == 5


async def test_a_silent_stream_beats(anna: Caller, address: str, token: str) -> None:
    await anna.given()
    async with connected(address, token, after=2) as stream:
        while stream.comments < 3:
            assert await stream.block() is None
        assert stream.last_event_id == 2


async def test_a_stream_ends_with_the_session_and_its_place_is_free(
    anna: Caller, address: str, token: str, engine: AsyncEngine
) -> None:
    await given_user(engine, "carl", {"main": "auditor"})
    of_carl = await Service(anna.http).token_of("carl")
    async with connected(address, of_carl) as carls, connected(address, token) as annas:
        await Service(anna.http).revoke(of_carl, by=of_carl)
        await carls.ends()
        await anna.given()
        assert await annas.positions(2) == [1, 2]


@pytest.mark.usefixtures("anna")
async def test_a_stream_ends_with_its_token(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "LEEWAY_SECONDS", 0)
    brief = create_app(settings.model_copy(update={"access_token_seconds": 5}))
    async with (
        served(brief) as address,
        AsyncClient(base_url=address) as http,
        connected(address, await Service(http).token_of("anna")) as stream,
    ):
        assert stream.status == 200
        await stream.ends()


async def test_a_stream_ends_with_the_role(anna: Caller, address: str, engine: AsyncEngine) -> None:
    await given_user(engine, "carl", {"main": "auditor"})
    of_carl = await Service(anna.http).token_of("carl")
    async with connected(address, of_carl) as stream:
        roles = {"roles": {"main": "viewer"}}
        (await anna.asks("PATCH", "/v1/users/carl", json=roles)).gives(200)
        await stream.ends()


async def test_beyond_the_limit_a_stream_is_refused_and_was_not_read(
    anna: Caller, address: str, token: str, engine: AsyncEngine
) -> None:
    """Nobody has more than half of the places."""
    headers = {"Accept": "text/event-stream"}
    async with connected(address, token), connected(address, token):
        async with connected(address, token):
            assert measured("event_streams") == 3
            refused = await anna.gets(EVENTS, headers)
            refused.refused(503, "too-many-streams")
            assert int(refused.headers["Retry-After"]) >= 1
            (await anna.gets(EVENTS)).gives(200)
            async with driver(engine) as connection:
                assert await connection.fetchval("select count(*) from access.audit_reads") == 4
        await eventually(lambda: is_open(2))
        async with connected(address, token) as again:
            assert again.status == 200
    await eventually(lambda: is_open(0))


async def is_open(count: int) -> bool:
    return measured("event_streams") == count


async def test_it_is_counted_and_recorded_once_as_it_begins(
    anna: Caller, address: str, token: str, engine: AsyncEngine
) -> None:
    labels = {"operation": "get_events", "method": "GET", "status": "200"}
    before = measured("requests_total", **labels)
    seconds = measured("request_seconds_sum", operation="get_events")
    began = monotonic()
    async with connected(address, token) as stream:
        opened = monotonic() - began
        assert measured("requests_total", **labels) == before + 1
        while stream.comments < 3:
            await stream.block()
    await eventually(lambda: is_open(0))
    assert measured("requests_total", **labels) == before + 1
    assert measured("request_seconds_sum", operation="get_events") - seconds < opened
    async with driver(engine) as connection:
        recorded = await connection.fetch("select actor, operation from access.audit_reads")
    assert [tuple(each) for each in recorded] == [("anna", "get_events")]
    assert anna.token == token


@pytest.mark.usefixtures("a_minute_that_lasts")
async def test_it_counts_as_one_request_however_often_it_is_asked_for_its_reader(
    anna: Caller, address: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def counting(request: Request, catalog: str) -> bool:
        nonlocal asked
        asked += 1
        return await still_audits(request, catalog)

    async def is_asked_for() -> bool:
        return asked > 3

    monkeypatch.setattr("api.auditing.events.still_audits", counting)
    monkeypatch.setattr("api.streaming.sending.ASK_SECONDS", 0.01)
    before = await left(anna)
    async with connected(address, token):
        await eventually(is_asked_for)
    assert await left(anna) == before - 2


async def left(caller: Caller) -> int:
    """What remains of a user's requests, once he has asked for that."""
    rate = (await caller.gets("/v1/me")).gives(200).headers["RateLimit"]
    return int(rate.split(";")[1].removeprefix("r="))


async def test_head_tells_the_headers_and_ends(anna: Caller) -> None:
    answer = await anna.asks("HEAD", EVENTS, headers={"Accept": "text/event-stream"})
    assert answer.gives(200).headers["Content-Type"] == "text/event-stream"
    assert answer.response.content == b""
    await eventually(lambda: is_open(0))


async def test_all_streams_end_when_the_process_stops(app: FastAPI, token: str) -> None:
    async with (
        serving(app) as (address, server),
        connected(address, token) as one,
        connected(address, token) as other,
    ):
        server.should_exit = True
        async with asyncio.timeout(5):
            await one.ends()
            await other.ends()


async def test_a_reader_who_takes_nothing_keeps_no_process_from_stopping(
    app: FastAPI, token: str, engine: AsyncEngine
) -> None:
    log = Log(engine)
    async with serving(app) as (address, server), connected(address, token, window=4096):
        await log.given(LAMP, registered, *long_texts(100))

        async def is_stuck() -> bool:
            sent = measured("events_streamed_total")
            await asyncio.sleep(BEAT_SECONDS)
            return 0 < sent == measured("events_streamed_total")

        await eventually(is_stuck)
        server.should_exit = True
        async with asyncio.timeout(10):
            while server.server_state.connections:  # noqa: ASYNC110 -- uvicorn sets no event
                await asyncio.sleep(0.05)
            await eventually(lambda: is_open(0))


async def test_a_reader_who_is_slow_without_a_pause_is_kept(
    slow_app: FastAPI, token: str, engine: AsyncEngine
) -> None:
    """He takes 20 kB a second, and there are megabytes for him."""
    dropped = measured("slow_streams_total")
    log = Log(engine)
    async with served(slow_app) as address, connected(address, token, window=16_384) as stream:
        await log.given(LAMP, registered, *long_texts(100))
        began = monotonic()
        while monotonic() < began + 4 * SEND_SECONDS:
            assert await stream.reader.read(2_000)
            await asyncio.sleep(0.1)
        assert measured("slow_streams_total") == dropped
        assert measured("event_streams") == 1


async def test_a_reader_who_takes_nothing_is_let_go(
    slow_app: FastAPI, token: str, engine: AsyncEngine, caplog: pytest.LogCaptureFixture
) -> None:
    dropped = measured("slow_streams_total")
    async with served(slow_app) as address, connected(address, token, window=4_096):
        await Log(engine).given(LAMP, registered, *long_texts(20))
        await eventually(lambda: is_open(0))
    assert measured("slow_streams_total") == dropped + 1
    assert not caplog.records


async def test_he_is_let_go_also_where_the_kernel_does_not_tell(
    slow_app: FastAPI, token: str, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_OPTION", None)
    async with served(slow_app) as address, connected(address, token, window=4_096):
        await eventually(lambda: is_open(1))
        await Log(engine).given(LAMP, registered, *long_texts(100))
        await eventually(lambda: is_open(0))


async def test_a_reader_who_takes_nothing_is_let_go_though_little_happens(
    slow_app: FastAPI, token: str, engine: AsyncEngine
) -> None:
    """What there is for him fits into the room that the kernels have."""
    dropped = measured("slow_streams_total")
    async with served(slow_app) as address, connected(address, token, window=4_096) as stream:
        assert stream.status == 200
        await Log(engine).given(LAMP, registered, *long_texts(1))
        await eventually(lambda: is_open(0))
    assert measured("slow_streams_total") == dropped + 1
