"""An application on a port of its own, as `catalog serve` has it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.resources import Resources
from api.serving.server import server
from api.serving.stopping import Server
from tests.eventually import eventually


@asynccontextmanager
async def serving(
    app: FastAPI,
    *,
    drain_seconds: float = 0,
    grace_seconds: int = 20,
    begun: Callable[[Resources], Coroutine[None, None, None]] | None = None,
) -> AsyncIterator[tuple[str, Server]]:
    """Its address, and the server, which may be told to stop."""
    made = server(
        app,
        "127.0.0.1",
        0,
        grace_seconds=grace_seconds,
        drain_seconds=drain_seconds,
        begun=begun,
    )

    async def started() -> bool:
        return made.started

    running = asyncio.create_task(made.serve())
    await eventually(started)
    port = made.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", made
    finally:
        made.should_exit = True
        await running


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    async with serving(app) as (address, _):
        yield address
