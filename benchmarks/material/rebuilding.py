"""`catalog rebuild`, as an operator runs it."""

import asyncio
import json
from typing import Any

from benchmarks.harness.installation import CATALOG, Installation


async def by_command(installation: Installation) -> float:
    """The seconds that it took, from the first row to the switch. Raises as `rebuilt` does."""
    return float((await rebuilt(installation))["seconds"])


async def rebuilt(installation: Installation) -> dict[str, Any]:
    """What the command says of itself.

    Raises `RuntimeError` with what it complained of.
    """
    process = await asyncio.create_subprocess_exec(
        *CATALOG,
        "rebuild",
        "--json",
        env=installation.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, complained = await process.communicate()
    if process.returncode:
        raise RuntimeError(complained.decode())
    document: dict[str, Any] = json.loads(told)
    return document
