"""Waiting for the read side."""

import asyncio

from benchmarks.material.story import CATALOG
from events.database import Connection
from events.log import read_heads
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


async def caught_up(connection: Connection) -> None:
    """Until all that was appended to the only catalog is projected. Raises as `projected` does."""
    await projected(connection, (await read_heads(connection))[CATALOG])


async def _checkpoint(connection: Connection) -> int:
    [progress] = await read_progress(connection)
    return progress.checkpoint
