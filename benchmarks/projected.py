"""Waiting for the read side."""

import asyncio

from events.database import Connection
from projections.projector import read_progress

PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.02


async def projected(connection: Connection, position: int) -> None:
    """Until the only catalog's checkpoint is there.

    Raises `TimeoutError` when it stands still for PATIENCE_SECONDS.
    """
    loop, last = asyncio.get_running_loop(), -1
    async with asyncio.timeout(None) as patience:
        while (checkpoint := await _checkpoint(connection)) < position:
            if checkpoint > last:
                last = checkpoint
                patience.reschedule(loop.time() + PATIENCE_SECONDS)
            await asyncio.sleep(LOOK_SECONDS)


async def _checkpoint(connection: Connection) -> int:
    [progress] = await read_progress(connection)
    return progress.checkpoint
