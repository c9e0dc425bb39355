"""Processes that share a directory: whichever is scraped tells of all of them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from httpx import AsyncClient, TransportError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.metrics_directory import VARIABLE, forget
from api.settings import Settings
from tests.eventually import eventually
from tests.given import DESK, LAMP, Log, registered
from tests.worker_process import free_port

REFUSED = 'catalog_command_requests_total{method="GET",operation="who_am_i",status="401"}'
TIMED = 'catalog_command_request_seconds_count{operation="who_am_i"}'
LIMIT = 'catalog_command_pool_connections{of="database",state="limit"}'
LAG = 'catalog_query_lag_events{catalog="main"}'


@dataclass(frozen=True, slots=True)
class Serving:
    process: subprocess.Popen[bytes]
    http: AsyncClient

    async def answers(self) -> bool:
        assert self.process.poll() is None
        with suppress(TransportError):
            return (await self.http.get("/health/live")).status_code == 200
        return False

    async def refuses(self, times: int) -> None:
        for _ in range(times):
            assert (await self.http.get("/v1/me")).status_code == 401

    async def tells(self, series: str) -> float | None:
        text = (await self.http.get("/metrics")).text
        found = re.search(rf"^{re.escape(series)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else None

    async def tells_of(self) -> set[int]:
        text = (await self.http.get("/metrics")).text
        pids = re.findall(r'^process_resident_memory_bytes{pid="(\d+)"} [1-9]', text, re.MULTILINE)
        return {int(pid) for pid in pids}


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
        yield Serving(process, AsyncClient(base_url=f"http://127.0.0.1:{port}"))
    finally:
        process.kill()
        process.wait()


async def test_a_scrape_of_one_is_a_scrape_of_all(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    await Log(engine).given_all([(LAMP, [registered]), (DESK, [registered])])
    with serving(settings, tmp_path) as one, serving(settings, tmp_path) as other:
        both = (one, other)
        await eventually(one.answers)
        await eventually(other.answers)
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
            await eventually(third.answers)
            await third.refuses(2)
            assert await one.tells(REFUSED) == 9
