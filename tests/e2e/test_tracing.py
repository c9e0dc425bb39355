"""A write in the trace that its caller began, to the rows that readers see."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.main import create_app
from api.settings import Settings
from events.database import driver
from tests.collector import Collected, Collector, collecting
from tests.conversation import LAMP, NOBODY, PRODUCTS, Caller
from tests.event_source import connected
from tests.eventually import eventually
from tests.serving import served
from tests.worker_process import worker

pytest_plugins = ("tests.conversation_fixtures",)

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED, UNSAMPLED = f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00"
ROUTE = "/v1/catalogs/{catalog}/products"


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield collector


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"tracing": True})


async def stored(engine: AsyncEngine) -> set[tuple[str, str] | None]:
    """The spans that events tell of, by trace and id."""
    async with driver(engine) as connection:
        rows = await connection.fetch("select traceparent from event_store.events")
    return {parts(row["traceparent"]) if row["traceparent"] else None for row in rows}


def parts(traceparent: str) -> tuple[str, str]:
    version, trace, span, flags = traceparent.split("-")
    assert (version, int(flags, 16) & 1) == ("00", 1)
    return trace, span


async def test_a_write_is_one_trace_from_the_request_to_what_readers_see(
    collector: Collector, anna: Caller, engine: AsyncEngine, settings: Settings, tmp_path: Path
) -> None:
    with worker(settings, tmp_path) as process:
        answer = await anna.posts(PRODUCTS, LAMP, traceparent=SAMPLED, X_Request_ID="r-1")
        answer.gives(201)
        projected = await collector.has("project main")
        await process.says(f'"trace_id": "{projected.trace}", "span_id": "{projected.id}"')
    asked, appended, committed = [
        await collector.has(name) for name in (f"POST {ROUTE}", "append main", "commit main")
    ]

    assert (asked.trace, asked.parent) == (TRACE, PARENT)
    assert asked.attributes.items() >= {
        ("http.request.method", "POST"),
        ("http.route", ROUTE),
        ("http.response.status_code", 201),
        ("url.path", PRODUCTS),
        ("catalog.request_id", "r-1"),
    }
    assert (appended.trace, appended.parent) == (TRACE, asked.id)
    assert [event.name for event in appended.span.events] == ["taken"]
    assert appended.links == [committed.place]
    assert committed.links == [appended.place]
    assert await stored(engine) == {appended.place}
    assert projected.links == [appended.place]
    assert projected.attributes["messaging.batch.message_count"] == 2
    assert 0 <= float(projected.attributes["catalog.visible_seconds.most"]) < 60
    assert (asked.service, projected.service) == ("catalog-api", "catalog-worker")


async def test_a_refusal_tells_its_problem(collector: Collector, anna: Caller) -> None:
    answer = await anna.gets(f"{PRODUCTS}/{NOBODY}", {"traceparent": SAMPLED})
    answer.refused(404, "unknown-product")

    asked = await collector.has(f"GET {ROUTE}/{{product_id}}")

    assert asked.attributes["catalog.problem"] == "unknown-product"
    assert not asked.span.status.code
    assert {each.name for each in collector.spans if each.parent == asked.id} == {"find product"}


HOSTILE = (
    "",
    "00",
    SAMPLED.upper(),
    SAMPLED.replace("a", "\N{FULLWIDTH LATIN SMALL LETTER A}"),
    f"{SAMPLED}-more",
    f"{SAMPLED},{SAMPLED}",
    f"{SAMPLED}'); drop table event_store.events; --",
    f"00-{'0' * 32}-{PARENT}-01",
    f"00-{TRACE}-{'0' * 16}-01",
    f"ff-{TRACE}-{PARENT}-01",
    f"01-{TRACE}-{PARENT}-01-{'x' * 10_000}",
)


async def test_a_trace_that_nobody_could_have_begun_is_not_gone_on_with(
    collector: Collector, anna: Caller, engine: AsyncEngine
) -> None:
    for number, hostile in enumerate(HOSTILE):
        headers = {"traceparent": hostile.encode(), "tracestate": b"," * 3_000}
        lamp = LAMP | {"sku": f"LAMP-{number}"}
        (await anna.asks("POST", PRODUCTS, json=lamp, headers=headers)).gives(201)

    asked = await collector.have(f"POST {ROUTE}", len(HOSTILE))
    appended = await collector.have("append main", len(HOSTILE))

    assert {each.parent for each in asked} == {""}
    assert TRACE not in {each.trace for each in asked}
    assert await stored(engine) == {each.place for each in appended}


async def test_a_trace_of_a_later_version_is_gone_on_with_in_ours(
    collector: Collector, anna: Caller, engine: AsyncEngine
) -> None:
    """As W3C Trace Context asks: its first parts stay what they are."""
    (await anna.posts(PRODUCTS, LAMP, traceparent=f"cc-{TRACE}-{PARENT}-01-later")).gives(201)

    appended = await collector.has("append main")

    assert appended.trace == TRACE
    assert await stored(engine) == {appended.place}


async def test_what_is_not_sampled_is_not_stored(
    collector: Collector, anna: Caller, engine: AsyncEngine
) -> None:
    (await anna.posts(PRODUCTS, LAMP, traceparent=UNSAMPLED)).gives(201)
    (await anna.gets(f"{PRODUCTS}/{NOBODY}")).gives(404)

    await collector.has(f"GET {ROUTE}/{{product_id}}")

    assert not collector.named(f"POST {ROUTE}")
    assert await stored(engine) == {None}


async def test_probes_are_not_traced(collector: Collector, anna: Caller) -> None:
    for path in ("/health/live", "/health/ready", "/metrics", "/v1/me"):
        await anna.gets(path)

    await collector.has("GET /v1/me")

    assert not [each.name for each in collector.spans if "health" in each.name]


async def test_the_method_is_the_callers_and_the_name_is_bounded(
    collector: Collector, anna: Caller
) -> None:
    await anna.asks("HEAD", f"{PRODUCTS}/{NOBODY}")
    await anna.asks("BREW", f"{PRODUCTS}/{NOBODY}")

    asked = await collector.has(f"HEAD {ROUTE}/{{product_id}}")
    brewed = await collector.has(f"HTTP {ROUTE}/{{product_id}}")

    assert asked.attributes["http.request.method"] == "HEAD"
    assert brewed.attributes["http.request.method"] == "_OTHER"
    assert brewed.attributes["http.request.method_original"] == "BREW"


@pytest.mark.usefixtures("projecting")
async def test_a_read_tells_where_it_looked(collector: Collector, anna: Caller) -> None:
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    await anna.reads(path, receipt["position"])
    first = await collector.has(f"GET {ROUTE}/{{product_id}}")

    def within(span: Collected) -> set[str]:
        return {each.name for each in collector.spans if each.parent == span.id}

    async def is_remembered() -> bool:
        """Unless its change was heard of after it had been read."""
        named = uuid4().hex
        await anna.gets(path, {"traceparent": SAMPLED, "X-Request-ID": named})
        return not within(await collector.of_request(named))

    assert within(first) & {"await position", "find product"}
    await eventually(is_remembered)

    await anna.gets(f"{PRODUCTS}?q=lamp")
    searched = await collector.has(f"GET {ROUTE}")
    assert within(searched) == {"survey"}
    assert searched.attributes["url.query"] == "q=lamp"


async def test_a_stream_of_events_is_traced_until_it_begins(
    collector: Collector, anna: Caller, settings: Settings
) -> None:
    async with (
        served(create_app(settings)) as address,
        connected(address, anna.token or "") as stream,
    ):
        asked = await collector.has("GET /v1/catalogs/{catalog}/events")

        assert asked.attributes["http.response.status_code"] == 200
        assert not stream.has_ended
