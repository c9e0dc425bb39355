"""What a process holds at rest, and the most that was seen while it worked."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Self

import psutil

from benchmarks.costing.held import Held, held
from events.database import Connection, statement

BACKENDS = statement(__package__, "sql/backends.sql")
EACH_SECONDS = 0.1
REST_SECONDS = 1.0
"""In which connections open and answers of readiness are given up."""
OURS = "catalog-bench"
"""Connections that are not the service's."""


@dataclass(frozen=True, slots=True)
class Sample:
    own: Held
    others: Held
    """What the processes hold that it has started."""
    backends: Held
    """Of PostgreSQL, of all their connections."""
    connections: int

    def highest(self, other: Self) -> "Sample":
        """Each figure's most, whenever that was."""
        return Sample(
            self.own.highest(other.own),
            self.others.highest(other.others),
            self.backends.highest(other.backends),
            max(self.connections, other.connections),
        )


async def at_rest(process: psutil.Process, connection: Connection) -> Sample:
    await asyncio.sleep(REST_SECONDS)
    return await sample(process, connection)


async def under(load: Awaitable[None], process: psutil.Process, connection: Connection) -> Sample:
    """Raises what the load does."""
    loading = asyncio.ensure_future(load)
    most = await sample(process, connection)
    while not loading.done():
        await asyncio.wait([loading], timeout=EACH_SECONDS)
        most = most.highest(await sample(process, connection))
    await loading
    return most


async def sample(process: psutil.Process, connection: Connection) -> Sample:
    backends = [row["pid"] for row in await connection.fetch(BACKENDS, OURS)]
    others = [each.pid for each in process.children(recursive=True)]
    return Sample(held([process.pid]), held(others), held(backends), len(backends))
