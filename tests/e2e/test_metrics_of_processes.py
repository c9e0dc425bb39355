"""Processes that share a directory: whichever is scraped tells of all of them."""

import os
import re
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from httpx import AsyncClient, Response, TransportError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.measuring.metrics_directory import forget, prepared
from api.settings import Settings
from cli.serving_process import ServingProcess, started
from tests.auth import given_key
from tests.eventually import eventually
from tests.given import DESK, LAMP, Log, registered
from tests.supervised import supervised

REFUSED = 'catalog_command_requests_total{method="GET",operation="who_am_i",status="401"}'
TIMED = 'catalog_command_request_seconds_count{operation="who_am_i"}'
LIMIT = 'catalog_command_pool_connections{of="database",state="limit"}'
KILLED_SECONDS = 10.0
LAG = 'catalog_query_lag_events{catalog="main"}'


@dataclass(frozen=True, slots=True)
class Port:
    """Each request comes on a connection of its own."""

    number: int

    async def get(self, path: str) -> Response:
        async with AsyncClient(base_url=f"http://127.0.0.1:{self.number}") as http:
            return await http.get(path)

    async def answers(self) -> bool:
        with suppress(TransportError):
            return (await self.get("/health/live")).status_code == 200
        return False

    async def refuses(self, times: int) -> None:
        for _ in range(times):
            assert (await self.get("/v1/me")).status_code == 401

    async def tells(self, series: str) -> float | None:
        text = (await self.get("/metrics")).text
        found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else None

    async def has_counted(self, series: str, number: int) -> bool:
        """A request is counted when its answer has been sent: whoever has that may be earlier."""
        return await self.tells(series) == number

    async def tells_of(self) -> set[int]:
        text = (await self.get("/metrics")).text
        pids = re.findall(r'^process_resident_memory_bytes{pid="(\d+)"} [1-9]', text, re.MULTILINE)
        return {int(pid) for pid in pids}


@dataclass(frozen=True, slots=True)
class Serving(Port):
    process: ServingProcess

    async def is_killed(self) -> None:
        await self.process.end(signal.SIGKILL, KILLED_SECONDS)


@asynccontextmanager
async def serving(settings: Settings, shared: Mapping[str, str]) -> AsyncIterator[Serving]:
    """As a supervisor has it, but on a port of its own."""
    environment = {
        "CATALOG_DATABASE_URL": settings.database_url.get_secret_value(),
        "CATALOG_REDIS_URL": settings.redis_url.get_secret_value(),
        **shared,
    }
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = await started(settings, listening, environment)
        made = Serving(listening.getsockname()[1], process)
    try:
        yield made
    finally:
        await made.is_killed()


@pytest.fixture
def shared() -> Iterator[Mapping[str, str]]:
    with prepared() as environment:
        yield environment


async def test_a_scrape_of_one_is_a_scrape_of_all(
    settings: Settings, engine: AsyncEngine, shared: Mapping[str, str]
) -> None:
    await Log(engine).given_all([(LAMP, [registered]), (DESK, [registered])])
    async with serving(settings, shared) as one, serving(settings, shared) as other:
        both = (one, other)
        await eventually(one.answers)
        await eventually(other.answers)
        await one.refuses(3)
        await other.refuses(4)

        for each in both:
            await eventually(partial(each.has_counted, REFUSED, 7))
            await eventually(partial(each.has_counted, TIMED, 7))
            assert await each.tells(LIMIT) == 2 * settings.database_pool_size
            assert await each.tells(LAG) == 2
            assert await each.tells_of() == {each.process.pid for each in both}

        await other.is_killed()
        forget(other.process.pid, shared)

        assert await one.tells(REFUSED) == 7
        assert await one.tells(TIMED) == 7
        assert await one.tells(LIMIT) == settings.database_pool_size
        assert await one.tells_of() == {one.process.pid}


async def test_who_is_killed_on_a_shared_port_counts_on(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    await given_key(engine)
    with supervised(settings, tmp_path, processes=2) as service:
        await service.are_serving(2)
        port = Port(service.port)
        await port.refuses(20)
        await eventually(partial(port.has_counted, REFUSED, 20))
        [killed, *_] = service.serving
        os.kill(killed, signal.SIGKILL)

        async def another_is_measured() -> bool:
            with suppress(TransportError):
                found = (await port.tells_of(), await port.tells(LIMIT))
                return found == (service.serving - {killed}, 2 * settings.database_pool_size)
            return False

        await eventually(another_is_measured)
        assert len(service.serving) == 2
        assert await port.tells(REFUSED) == 20
        await port.refuses(20)
        await eventually(partial(port.has_counted, REFUSED, 40))
