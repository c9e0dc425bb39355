"""Servers and processes that can be made to fail, and how they come back."""

import asyncio
import signal
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import asyncpg
import psutil

from benchmarks.harness.installation import CATALOG, HOST, Installation, free_port
from cli.address import Address
from cli.processes import Child, running

PROCESSES = 2
LOOK_SECONDS = 0.1
RECOVERY_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Stage:
    installation: Installation
    api: Child
    """The supervisor of the processes that serve."""
    address: Address
    worker: Child
    worker_address: Address
    postgres: Child | None = None
    """None: it is somebody else's, and left alone."""
    redis: Child | None = None

    @property
    def serving(self) -> AbstractSet[int]:
        """The processes of the API, by their ids."""
        found = set()
        for child in psutil.Process(self.api.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # it ended just now
                if "--place" in child.cmdline():
                    found.add(child.pid)
        return found

    async def restart(self, child: Child, how: signal.Signals) -> None:
        """It is back when it answers, which is not waited for."""
        child.process.send_signal(how)
        await asyncio.to_thread(child.process.wait)
        child.process = child.start()

    async def recovered(self, processes: AbstractSet[int] = frozenset()) -> None:
        """PostgreSQL takes connections, the worker works, and as many serve, none of `processes`.

        Raises TimeoutError.
        """
        async with asyncio.timeout(RECOVERY_SECONDS):
            while not await self._is_whole(processes):  # noqa: ASYNC110 -- processes set no events
                await asyncio.sleep(LOOK_SECONDS)

    async def _is_whole(self, replaced: AbstractSet[int]) -> bool:
        serving = self.serving
        if len(serving) != PROCESSES or serving & replaced:
            return False
        addresses = (self.address, self.worker_address)
        ready = [await asyncio.to_thread(each.is_ready) for each in addresses]
        return all(ready) and await self._accepts()

    async def _accepts(self) -> bool:
        try:
            connection = await asyncpg.connect(self.installation.database_url)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return False
        await connection.close()
        return True


@contextmanager
def stage(
    installation: Installation, postgres: Child | None = None, redis: Child | None = None
) -> Iterator[Stage]:
    """Two processes of the API on one port, and a worker; all of them ready."""
    address, worker_address = Address(HOST, free_port()), Address(HOST, free_port())
    environment = {
        **installation.environment,
        "CATALOG_WORKER_PORT": str(worker_address.port),
        "CATALOG_LOG_LEVEL": "warning",
    }
    serve = ["serve", "--processes", str(PROCESSES), "--port", str(address.port)]
    directory, stop = installation.directory, signal.SIGINT
    with (
        running("worker", [*CATALOG, "worker"], directory, env=environment) as worker,
        running("api", [*CATALOG, *serve], directory, stop=stop, env=environment) as api,
    ):
        worker_address.await_ready(worker)
        address.await_ready(api)
        yield Stage(installation, api, address, worker, worker_address, postgres, redis)
