"""Waiting for what has to come, and no longer."""

import asyncio
from collections.abc import Awaitable, Callable


async def eventually(holds: Callable[[], Awaitable[bool]], *, within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110 -- other processes set no events
            await asyncio.sleep(0.02)
