"""Schemathesis in a process of its own, on behalf of somebody."""

import asyncio
import os
import sys
from pathlib import Path

from tests.openapi_staff import Member

HERE = Path(__file__).parent
_TURNS = asyncio.Semaphore(2)
"""Each takes a whole core."""


async def run_for(address: str, tester: Member, *, examples: int, phases: str) -> str:
    """What was found wrong, or nothing. No time limit: each operation gets its examples."""
    async with _TURNS:
        testing = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli"),
            *("--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{address}/openapi.json", "--checks", "all", "--continue-on-failure"),
            *("--max-examples", str(examples), "--phases", phases),
            *("--generation-database", "none", "--suppress-health-check", "all", "--no-color"),
            *("--header", f"Authorization: Bearer {tester.token}"),
            env={**os.environ, **tester.spares.told(), "SCHEMATHESIS_HOOKS": "tests.openapi_hooks"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await testing.communicate()
    return told.decode() if testing.returncode else ""
