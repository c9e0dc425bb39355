"""Who may use a share of a pool's connections: few at a time, and nobody waits for long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from queries.errors import TooManyQueries

TURN_SECONDS = 2.0
"""The longest that anybody waits for his turn."""


class Turns:
    def __init__(self, at_once: int) -> None:
        """At least one at a time."""
        self._free = asyncio.Semaphore(max(1, at_once))

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Raises `TooManyQueries` for who has waited long."""
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._free.acquire()
        except TimeoutError as error:
            raise TooManyQueries from error
        try:
            yield
        finally:
            self._free.release()
