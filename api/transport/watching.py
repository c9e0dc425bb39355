"""A server that looks after its connections once a second, in place of a timer for each."""

import asyncio

import uvicorn

from api.transport.protocol import Protocol

TICKS = 10
"""Of uvicorn, in a second."""


class WatchingServer(uvicorn.Server):
    async def on_tick(self, counter: int) -> bool:
        if counter % TICKS == 0:
            now = asyncio.get_running_loop().time()
            for connection in self.connections():
                connection.look(now)
        return await super().on_tick(counter)

    def connections(self) -> list[Protocol]:
        """Those that are open now."""
        return list(self.server_state.connections)  # type: ignore[arg-type] # no other is configured
