"""What a process does beside its requests, as long as it lives."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

AGAIN_SECONDS = 1.0
"""After which what has failed is begun anew."""

type Loop = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


@asynccontextmanager
async def running(*loops: Loop) -> AsyncIterator[None]:
    """Each runs until the block ends; what one fails with ends neither it nor the block."""
    tasks = [asyncio.create_task(kept_running(loop)) for loop in loops]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def kept_running(loop: Loop) -> None:
    """Until its task is cancelled."""
    task = asyncio.current_task()
    while not (task and task.cancelling()):  # who fails instead of ending is not begun anew
        try:
            await loop()
        except Exception:
            log.exception("background_failed", of=getattr(loop, "__qualname__", repr(loop)))
        await asyncio.sleep(AGAIN_SECONDS)
