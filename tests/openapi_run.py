"""Schemathesis in a process of its own, on behalf of somebody.

What it asks is the same each time, for one state of the document. `CATALOG_TEST_EXAMPLES`, as in
`make fuzz`, makes it ask something else each time, so often of each operation.
"""

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
    wanted = os.environ.get("CATALOG_TEST_EXAMPLES")
    same = ("--generation-deterministic",)
    other = ("--generation-database", "none")
    async with _TURNS:
        testing = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "schemathesis.cli"),
            *("--config-file", str(HERE / "schemathesis.toml")),
            *("run", f"{address}/openapi.json", "--checks", "all", "--continue-on-failure"),
            *("--max-examples", wanted or str(examples), "--phases", phases),
            *("--suppress-health-check", "all", "--no-color", *(other if wanted else same)),
            *("--header", f"Authorization: Bearer {tester.token}"),
            env={**os.environ, **tester.spares.told(), "SCHEMATHESIS_HOOKS": "tests.openapi_hooks"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        told, _ = await testing.communicate()
    return told.decode() if testing.returncode else ""
