"""What the figures were measured on."""

import asyncio
import os
import platform
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile
from time import perf_counter

import asyncpg
import psutil

GIB = 2**30
FSYNCS, PAGE = 50, bytes(8192)
PACKAGES = ("fastapi", "uvicorn", "sqlalchemy", "asyncpg", "eventsourcing", "psycopg")
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
    processor: str
    cores: int
    memory_gib: float
    fsync_ms: float
    """What it takes to have a page of 8 KiB on the disk where servers store theirs; the median."""
    load_before: float
    """Processes that ran or wanted to, over the last minute: above 0.2 a core it was not quiet."""
    system: str
    python: str
    packages: dict[str, str]
    postgresql: dict[str, str]

    def __str__(self) -> str:
        packages, settings = (
            ", ".join(f"{name} {value}" for name, value in of.items())
            for of in (self.packages, self.postgresql)
        )
        return (
            f"{self.cores} cores ({self.processor}), {self.memory_gib:.0f} GiB, a page to the disk"
            f" {self.fsync_ms:.2g} ms, load {self.load_before:.1f} before; {self.system}; Python"
            f" {self.python}; {packages}; PostgreSQL: {settings}"
        )


def describe(url: str) -> Machine:
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gib=round(psutil.virtual_memory().total / GIB, 1),
        fsync_ms=round(_fsync_ms(), 3),
        load_before=round(os.getloadavg()[0], 1),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages={name: version(name) for name in PACKAGES},
        postgresql=asyncio.run(_settings(url)),
    )


def _processor() -> str:
    try:
        described = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor()
    found = re.search(r"^model name\s*: (.*)$", described, re.MULTILINE)
    return found[1] if found else platform.processor()


def _fsync_ms() -> float:
    took = []
    with NamedTemporaryFile(prefix="catalog-bench-") as file:
        for _ in range(FSYNCS):
            began = perf_counter()
            file.write(PAGE)
            file.flush()
            os.fsync(file.fileno())
            took.append(perf_counter() - began)
    return median(took) * 1000


async def _settings(url: str) -> dict[str, str]:
    connection = await asyncpg.connect(url)
    try:
        return {name: await connection.fetchval(f"show {name}") for name in ASKED}
    finally:
        await connection.close()
