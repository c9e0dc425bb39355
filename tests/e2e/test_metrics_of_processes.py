"""Processes that share a directory: whichever is scraped tells of all of them."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from httpx import AsyncClient, Response, TransportError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.metrics_directory import VARIABLE, forget
from api.settings import Settings
from tests.auth import given_key
from tests.eventually import eventually
from tests.given import DESK, LAMP, Log, registered
from tests.supervised import supervised
from tests.worker_process import free_port

REFUSED = 'catalog_command_requests_total{method="GET",operation="who_am_i",status="401"}'
TIMED = 'catalog_command_request_seconds_count{operation="who_am_i"}'
LIMIT = 'catalog_command_pool_connections{of="database",state="limit"}'
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

    async def tells_of(self) -> set[int]:
        text = (await self.get("/metrics")).text
        pids = re.findall(r'^process_resident_memory_bytes{pid="(\d+)"} [1-9]', text, re.MULTILINE)
        return {int(pid) for pid in pids}


@dataclass(frozen=True, slots=True)
class Serving(Port):
    process: subprocess.Popen[bytes]


@contextmanager
def serving(settings: Settings, shared: Path) -> Iterator[Serving]:
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CATALOG_")},
        "CATALOG_DATABASE_URL": settings.database_url.get_secret_value(),
        "CATALOG_REDIS_URL": settings.redis_url.get_secret_value(),
        VARIABLE: str(shared),
    }
    command = [sys.executable, "-m", "cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield Serving(port, process)
    finally:
        process.kill()
        process.wait()


async def test_a_scrape_of_one_is_a_scrape_of_all(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    await Log(engine).given_all([(LAMP, [registered]), (DESK, [registered])])
    with serving(settings, tmp_path) as one, serving(settings, tmp_path) as other:
        both = (one, other)
        await eventually(one.answers, within=60)
        await eventually(other.answers, within=60)
        await one.refuses(3)
        await other.refuses(4)

        for each in both:
            assert await each.tells(REFUSED) == 7
            assert await each.tells(TIMED) == 7
            assert await each.tells(LIMIT) == 2 * settings.database_pool_size
            assert await each.tells(LAG) == 2
            assert await each.tells_of() == {each.process.pid for each in both}

        other.process.kill()
        other.process.wait()
        forget(other.process.pid, {VARIABLE: str(tmp_path)})

        assert await one.tells(REFUSED) == 7
        assert await one.tells(TIMED) == 7
        assert await one.tells(LIMIT) == settings.database_pool_size
        assert await one.tells_of() == {one.process.pid}
        with serving(settings, tmp_path) as third:
            await eventually(third.answers, within=60)
            await third.refuses(2)
            assert await one.tells(REFUSED) == 9


async def test_who_is_killed_on_a_shared_port_counts_on(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    await given_key(engine)
    with supervised(settings, tmp_path, processes=2) as service:
        await service.are_serving(2)
        port = Port(service.port)
        await port.refuses(20)
        [killed, *_] = service.serving
        os.kill(killed, signal.SIGKILL)

        async def another_is_measured() -> bool:
            with suppress(TransportError):
                found = (await port.tells_of(), await port.tells(LIMIT))
                return found == (service.serving - {killed}, 2 * settings.database_pool_size)
            return False

        await eventually(another_is_measured, within=60)
        assert len(service.serving) == 2
        assert await port.tells(REFUSED) == 20
