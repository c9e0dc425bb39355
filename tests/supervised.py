"""`catalog serve` with several processes, on a port of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

import psutil

from api.settings import Settings
from benchmarks.asking.http_client import Client
from benchmarks.harness.installation import free_port
from tests.auth import PASSWORD
from tests.eventually import eventually

HOST = "127.0.0.1"
FORM = MappingProxyType({"Content-Type": "application/x-www-form-urlencoded"})


@dataclass(frozen=True, slots=True)
class Supervised:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def serving(self) -> set[int]:
        """The processes that serve, by their ids."""
        found = set()
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # it ended just now
                if "--place" in child.cmdline():
                    found.add(child.pid)
        return found

    def tell(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.tell(number)
        return self.process.wait(timeout=60)

    async def client_of(self, username: str) -> Client:
        """Who comes with a token of theirs."""
        form = {"grant_type": "password", "username": username, "password": PASSWORD}
        with closing(Client(HOST, self.port, FORM)) as client:
            issued = await client.ask("POST", "/v1/auth/token", urlencode(form).encode())
        token = json.loads(issued.body)["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return Client(HOST, self.port, headers)

    async def are_serving(self, processes: int) -> None:
        """So many, and one answers."""

        async def serving() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            return len(self.serving) == processes and await self._is_ready()

        await eventually(serving)

    async def _is_ready(self) -> bool:
        with closing(Client(HOST, self.port, {})) as client, suppress(OSError):
            return (await client.ask("GET", "/health/ready")).status == HTTPStatus.OK
        return False


@contextmanager
def supervised(
    settings: Settings,
    directory: Path,
    *,
    processes: int = 2,
    drain_seconds: float = 1,
    interpreter: Path = Path(sys.executable),
) -> Iterator[Supervised]:
    port, log = free_port(), directory / "serve.log"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CATALOG_")},
        "CATALOG_DATABASE_URL": settings.database_url.get_secret_value(),
        "CATALOG_REDIS_URL": settings.redis_url.get_secret_value(),
        "CATALOG_DRAIN_SECONDS": str(drain_seconds),
        "CATALOG_BCRYPT_ROUNDS": "4",
    }
    options = ["--port", str(port), "--processes", str(processes)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [interpreter, "-m", "cli", "serve", *options],
            env=environment,
            stdout=output,
            stderr=output,
        )
    try:
        yield Supervised(process, port, log)
    finally:
        process.terminate()
        process.wait()
