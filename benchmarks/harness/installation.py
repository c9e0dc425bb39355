"""The servers of an installation, and its processes as they are deployed."""

import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import randrange
from tempfile import TemporaryDirectory
from types import MappingProxyType

from api.settings import Side
from benchmarks.harness.server import SETTINGS
from cli import embedded
from cli.address import Address
from cli.processes import Child, running

HOST = "127.0.0.1"
CATALOG = (sys.executable, "-m", "cli")
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Installation:
    database_url: str
    redis_url: str
    directory: Path
    """Where the processes log."""
    settings: Mapping[str, str] = NO_SETTINGS
    """In the environment of the processes; what is not there is as it is shipped, not as it is set
    where the benchmark runs."""

    @property
    def environment(self) -> Mapping[str, str]:
        urls = {
            "CATALOG_DATABASE_URL": self.database_url,
            "CATALOG_REDIS_URL": self.redis_url,
        }
        others = {k: v for k, v in os.environ.items() if not k.startswith("CATALOG_")}
        return {**others, **urls, **self.settings}

    @contextmanager
    def worker(self) -> Iterator[Child]:
        """`catalog worker`, ready."""
        address = Address(HOST, free_port())
        environment = {**self.environment, "CATALOG_WORKER_PORT": str(address.port)}
        with running("worker", [*CATALOG, "worker"], self.directory, env=environment) as child:
            address.await_ready(child)
            yield child

    @contextmanager
    def api(self, side: Side) -> Iterator[Address]:
        """`catalog serve`, ready."""
        with self.serving(side, *CATALOG, "serve", "--side", side) as address:
            yield address

    @contextmanager
    def serving(self, name: str, *command: str) -> Iterator[Address]:
        """A process that is told a port to listen on, ready."""
        address = Address(HOST, free_port())
        told = [*command, "--port", str(address.port)]
        stop = signal.SIGINT  # without a drain
        with running(name, told, self.directory, stop=stop, env=self.environment) as child:
            address.await_ready(child)
            yield address


@contextmanager
def installed() -> Iterator[Installation]:
    """Fresh servers, PostgreSQL as durable as in production; what they stored goes with them."""
    with TemporaryDirectory(prefix="catalog-bench-") as path:
        directory = Path(path)
        with embedded.postgres(directory, SETTINGS) as postgres, embedded.redis(directory) as redis:
            yield Installation(postgres.url, redis.url, directory)


def free_port() -> int:
    """Below the ports that whoever connects is given, so that nobody else comes by it meanwhile."""
    while True:
        port = randrange(10_000, 30_000)  # noqa: S311 -- not to be hard to guess
        with suppress(OSError), socket.create_server((HOST, port)):
            return port
