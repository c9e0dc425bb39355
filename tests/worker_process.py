"""`catalog worker` as a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from httpx import AsyncClient

from api.settings import Settings
from benchmarks.harness.installation import free_port
from tests.eventually import eventually

LEASE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(timeout=60)

    @property
    def said(self) -> str:
        return self.log.read_text()

    async def says(self, line: str) -> None:
        """What it tells of comes before that."""

        async def has_said() -> bool:
            return line in self.said

        await eventually(has_said)

    async def get(self, path: str) -> httpx.Response:
        async with AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as http:
            return await http.get(path)

    async def ready(self) -> bool:
        assert self.process.poll() is None, self.said
        try:
            return (await self.get("/health/ready")).status_code == 200
        except httpx.TransportError:
            return False

    async def is_ready(self) -> None:
        await eventually(self.ready)


@contextmanager
def worker(
    settings: Settings,
    directory: Path,
    port: int = 0,
    module: Sequence[str] = ("cli", "worker"),
    lease_seconds: float = LEASE_SECONDS,
) -> Iterator[WorkerProcess]:
    log, port = directory / f"worker-{len(list(directory.iterdir()))}.log", port or free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CATALOG_")},
        "CATALOG_DATABASE_URL": settings.database_url.get_secret_value(),
        "CATALOG_REDIS_URL": settings.redis_url.get_secret_value(),
        "CATALOG_WORKER_PORT": str(port),
        "CATALOG_LEASE_SECONDS": str(lease_seconds),
        "CATALOG_PROJECTION_BATCH_LIMIT": str(settings.projection_batch_limit),
        "CATALOG_TRACING": str(settings.tracing),
        "CATALOG_UPLOADS_DIRECTORY": str(settings.uploads_directory),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *module], env=environment, stdout=output, stderr=output
        )
    try:
        yield WorkerProcess(process, port, log)
    finally:
        process.kill()
        process.wait()
