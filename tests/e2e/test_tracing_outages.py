"""A collector that is away, or hangs: nobody waits for it, and little is said of it."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from time import monotonic

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from api.main import create_app
from api.settings import Settings
from api.tracing import exporting
from benchmarks.harness.installation import free_port
from tests.auth import Service, given_key, given_user
from tests.conversation import LAMP, PRODUCTS, Caller
from tests.lifespan import alive

REQUESTS = 60


@pytest.fixture(params=["away", "hangs"])
def collector(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "away":
        yield f"http://127.0.0.1:{free_port()}"
        return
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        yield f"http://127.0.0.1:{deaf.getsockname()[1]}"


@pytest.fixture
def heard() -> Iterator[list[logging.LogRecord]]:
    """What comes to the log."""
    records: list[logging.LogRecord] = []

    class Hearing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            records.append(record)

    hearing = Hearing()
    logging.getLogger().addHandler(hearing)
    yield records
    logging.getLogger().removeHandler(hearing)


async def test_requests_are_answered_and_the_process_ends_in_time(
    collector: str,
    settings: Settings,
    engine: AsyncEngine,
    monkeypatch: pytest.MonkeyPatch,
    heard: list[logging.LogRecord],
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector)
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "10")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "5")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(exporting, "FLUSH_SECONDS", 0.5)
    await given_key(engine)
    await given_user(engine, "anna", {"*": "admin"})
    app = create_app(settings.model_copy(update={"tracing": True}))

    async with alive(app) as living:
        transport = ASGITransport(living)
        async with AsyncClient(transport=transport, base_url="http://catalog.test") as client:
            anna = Caller(client, await Service(client).token_of("anna"))
            await anna.given()
            async with asyncio.timeout(20):
                for number in range(REQUESTS):
                    lamp = LAMP | {"sku": f"LAMP-2-{number}"}
                    (await anna.posts(PRODUCTS, lamp)).gives(201)
        ending = monotonic()

    assert monotonic() - ending < 8
    said = [each for each in heard if each.name.startswith("opentelemetry")]
    assert len(said) == len({(each.pathname, each.lineno) for each in said}) < 8
