"""`catalog rebuild`, as an operator runs it."""

import asyncio
import json

from benchmarks.installation import CATALOG, Installation


async def by_command(installation: Installation) -> float:
    """The seconds that it says it took, from the first row to the switch.

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
    seconds: float = json.loads(told)["seconds"]
    return seconds
