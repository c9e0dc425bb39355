"""PostgreSQL that can be crashed, with the settings that it is shipped with, and API processes."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import asyncpg
from testcontainers.core.container import DockerContainer

from benchmarks.harness.installation import free_port
from cli import embedded
from cli.address import Address
from cli.processes import Child, running
from tests.eventually import eventually
from tests.servers import Servers, postgres_container, postgres_url

RECOVERY_SECONDS = 120.0
SLOW_COMMITS = {"commit_delay": "3000", "commit_siblings": "0"}
"""Three milliseconds more in which a position is given and not yet visible."""


class Postgres(Protocol):
    @property
    def url(self) -> str: ...

    def restart_immediately(self) -> None:
        """Without a checkpoint: what is durable comes from the write-ahead log."""


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    server: embedded.Server

    @property
    def url(self) -> str:
        return self.server.url

    def restart_immediately(self) -> None:
        child = self.server.child
        child.process.send_signal(signal.SIGQUIT)
        child.process.wait()
        child.process = child.start()


@dataclass(frozen=True, slots=True)
class ContainerPostgres:
    container: DockerContainer

    @property
    def url(self) -> str:
        return postgres_url(self.container)

    def restart_immediately(self) -> None:
        wrapped = self.container.get_wrapped_container()
        wrapped.kill("SIGQUIT")
        wrapped.wait()
        wrapped.start()


@contextmanager
def postgres_like(servers: Servers, directory: Path) -> Iterator[Postgres]:
    """Of the kind that the run's other tests have."""
    if "?host=" in servers.database_url:
        with embedded.postgres(directory, SLOW_COMMITS) as server:
            yield EmbeddedPostgres(server)
    else:
        with postgres_container(SLOW_COMMITS).with_bind_ports(5432, free_port()) as container:
            yield ContainerPostgres(container)


async def accepting(url: str) -> None:
    async def accepts() -> bool:
        try:
            connection = await asyncpg.connect(url)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        await connection.close()
        return True

    await eventually(accepts, within=RECOVERY_SECONDS)


@dataclass(frozen=True, slots=True)
class ApiProcess:
    child: Child
    address: Address

    async def ready(self) -> None:
        await asyncio.to_thread(self.address.await_ready, self.child)

    async def kill_and_start_again(self) -> None:
        self.child.process.kill()
        await asyncio.to_thread(self.child.process.wait)
        self.child.process = self.child.start()
        await self.ready()

    async def end(self) -> None:
        """Once it has answered what it was asked, and written what waited."""
        self.child.check()
        self.child.process.terminate()
        await asyncio.to_thread(self.child.process.wait)


@contextmanager
def api_process(
    name: str, database_url: str, redis_url: str, directory: Path, **settings: str
) -> Iterator[ApiProcess]:
    """`settings` are variables of its environment."""
    at = Address("127.0.0.1", free_port())
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CATALOG_")},
        "CATALOG_DATABASE_URL": database_url,
        "CATALOG_REDIS_URL": redis_url,
        "CATALOG_PORT": str(at.port),
        "CATALOG_DRAIN_SECONDS": "0",
        **settings,
    }
    command = [sys.executable, "-m", "cli", "serve"]
    with running(name, command, directory, env=environment) as child:
        yield ApiProcess(child, at)
