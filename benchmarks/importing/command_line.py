"""`catalog import`, as users run it."""

import asyncio
import re
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from benchmarks.harness.installation import CATALOG, Installation
from benchmarks.importing.ways import Import

KIB = 2**10
LOOK_SECONDS = 0.05


@asynccontextmanager
async def by_command(installation: Installation) -> AsyncIterator[Import]:
    yield partial(_imported, installation)


async def _imported(installation: Installation, feed: Path, known_since: datetime) -> None:
    await peak_of_import(installation, feed, known_since)


async def peak_of_import(installation: Installation, feed: Path, known_since: datetime) -> int:
    """The most bytes that were resident, of a process of its own.

    Raises `RuntimeError` with what it complained of.
    """
    told = ("--mode", "sync", "--occurred-at", known_since.isoformat())
    process = await asyncio.create_subprocess_exec(
        *CATALOG, "import", str(feed), *told, env=installation.environment, stdout=PIPE, stderr=PIPE
    )
    watching = asyncio.create_task(_peak(process))
    _, complained = await process.communicate()
    if process.returncode:
        raise RuntimeError(complained.decode())
    return await watching


async def _peak(process: Process) -> int:
    """The high-water mark that Linux keeps, until the process has ended."""
    peak = 0
    while process.returncode is None:
        peak = max(peak, _high_water(process.pid))
        await asyncio.sleep(LOOK_SECONDS)
    return peak


def _high_water(pid: int) -> int:
    """Bytes; 0 of a process that has ended."""
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        if found := re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE):
            return int(found[1]) * KIB
    return 0
