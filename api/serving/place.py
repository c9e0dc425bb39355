"""The place that a supervisor gives a process among others who do the same."""

import asyncio
import os
import socket
from dataclasses import dataclass

from api.resources import Resources

LOOK_SECONDS = 0.2
READY = b"1"


@dataclass(frozen=True, slots=True)
class Place:
    """File descriptors that the process inherited."""

    listening: int
    """A socket, shared with the others."""
    ready: int
    """A pipe, which is told once when the process can do its work."""

    def socket(self) -> socket.socket:
        return socket.socket(fileno=self.listening)

    async def taken(self, resources: Resources) -> None:
        async def can_work() -> bool:
            return (await resources.readiness.health()).status != "unavailable"

        while not await can_work():  # noqa: ASYNC110 -- nobody tells of a change
            await asyncio.sleep(LOOK_SECONDS)
        os.write(self.ready, READY)
        os.close(self.ready)
