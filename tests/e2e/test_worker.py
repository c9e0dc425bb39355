"""The worker as a process, from its start to its end."""

import asyncio
import re
import signal
import socket
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from benchmarks.harness.installation import free_port
from events.database import driver
from events.product import ProductRenamed
from tests.eventually import eventually
from tests.given import LAMP, TELEPORTED, Log, checkpoint, opened, registered
from tests.worker_process import WorkerProcess, worker


async def applied(engine: AsyncEngine, head: int, catalog: str = "main") -> None:
    async def caught_up() -> bool:
        return await checkpoint(engine, catalog) == head

    await eventually(caught_up)


async def held(engine: AsyncEngine) -> bool:
    async with driver(engine) as connection:
        found = await connection.fetchval(
            "select held_until > now() from projections.checkpoints where catalog_id = 'main'"
        )
    return bool(found)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_it_applies_what_is_appended_and_lets_go_when_it_is_told_to_end(
    settings: Settings, engine: AsyncEngine, tmp_path: Path, how: signal.Signals
) -> None:
    log = Log(engine)
    with worker(settings, tmp_path, lease_seconds=300) as process:
        await process.is_ready()
        await applied(engine, await log.given(LAMP, registered))
        assert await held(engine)
        assert await asyncio.to_thread(process.end, how) == 0
    assert not await held(engine)
    assert "worker_stopped" in process.said


async def test_its_metrics_tell_how_far_behind_it_is(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    log, broken = Log(engine), await opened(engine, "broken")
    await broken.given_stored(LAMP, TELEPORTED, TELEPORTED)
    with worker(settings, tmp_path) as process:
        await applied(engine, await log.given(LAMP, registered, ProductRenamed(name="Sun")))

        async def told() -> bool:
            return await value(process, 'parked_streams{catalog="broken"}') == 1

        await process.is_ready()
        await eventually(told)
        assert await value(process, 'lag_events{catalog="main"}') == 0
        assert await value(process, 'parked_streams{catalog="main"}') == 0
        assert await value(process, 'events_total{catalog="main"}') == 2
        assert await value(process, 'lag_events{catalog="broken"}') == 0
        assert await value(process, 'failures_total{reason="event"}') == 1
        assert await value(process, 'pool_connections{state="limit"}') > 0
        await process.says("stream_parked")
    assert "ProductTeleported" in process.said


async def value(process: WorkerProcess, series: str) -> float:
    text = (await process.get("/metrics")).text
    found = re.search(rf"^catalog_projection_{re.escape(series)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else -1


async def test_a_port_that_is_taken_ends_it_with_an_error(
    settings: Settings, tmp_path: Path
) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)), worker(settings, tmp_path, port) as process:
        assert await asyncio.to_thread(process.process.wait, 60) != 0
    assert "address already in use" in process.said


async def test_it_starts_before_its_database_and_waits(settings: Settings, tmp_path: Path) -> None:
    """Told to end while it waits, it ends."""
    away = settings.model_copy(
        update={"database_url": type(settings.database_url)("postgresql://x@127.0.0.1:1/none")}
    )
    with worker(away, tmp_path) as process:
        await process.says("database_unavailable")
        assert (await process.get("/health/ready")).status_code == 503
        assert (await process.get("/health/live")).status_code == 200
        summary = await process.get("/health")
        assert (summary.status_code, summary.json()["status"]) == (200, "unavailable")
        assert await asyncio.to_thread(process.end) == 0


async def test_without_its_tables_it_says_what_to_do(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    async with driver(engine) as connection:
        await connection.execute("drop schema projections cascade")
    with worker(settings, tmp_path) as process:
        assert await asyncio.to_thread(process.process.wait, 60) == 1
    assert "run `catalog migrate`" in process.said
    assert "Traceback" not in process.said
