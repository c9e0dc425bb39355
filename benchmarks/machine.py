"""What the figures were measured on."""

import asyncio
import os
import platform
from dataclasses import dataclass
from importlib.metadata import version

import asyncpg
import psutil

GIB = 2**30
ASKED = (
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "shared_buffers",
    "max_wal_size",
)


@dataclass(frozen=True, slots=True)
class Machine:
    cores: int
    memory_gib: float
    load_before: float
    """Processes that ran or wanted to, over the last minute: above 0.2 a core it was not quiet."""
    system: str
    python: str
    eventsourcing: str
    postgresql: dict[str, str]

    def __str__(self) -> str:
        settings = ", ".join(f"{name} {value}" for name, value in self.postgresql.items())
        return (
            f"{self.cores} cores, {self.memory_gib:.0f} GiB, load {self.load_before:.1f} before;"
            f" {self.system}; Python {self.python}; eventsourcing {self.eventsourcing};"
            f" PostgreSQL: {settings}"
        )


def describe(url: str) -> Machine:
    return Machine(
        cores=os.cpu_count() or 1,
        memory_gib=round(psutil.virtual_memory().total / GIB, 1),
        load_before=round(os.getloadavg()[0], 1),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        eventsourcing=version("eventsourcing"),
        postgresql=asyncio.run(_settings(url)),
    )


async def _settings(url: str) -> dict[str, str]:
    connection = await asyncpg.connect(url)
    try:
        return {name: await connection.fetchval(f"show {name}") for name in ASKED}
    finally:
        await connection.close()
