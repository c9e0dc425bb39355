"""Turns at some work: when it is woken, and every few seconds anyway."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress


class Polling:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._woken = asyncio.Event()
        self.stopping = False

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        """There are no more turns."""
        self.stopping = True
        self._woken.set()

    async def turns(self) -> AsyncIterator[None]:
        while not self.stopping:
            self._woken.clear()
            yield
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._seconds)
