"""An application between its start and its end, as a server would hold it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send


@asynccontextmanager
async def alive(app: FastAPI) -> AsyncIterator[ASGIApp]:
    """In a task of its own, since fixtures begin and end in different ones."""
    started, ending = asyncio.Event(), asyncio.Event()
    state: dict[str, Any] = {}

    async def live() -> None:
        async with app.router.lifespan_context(app) as given:
            state.update(given or {})
            started.set()
            await ending.wait()

    life, start = asyncio.create_task(live()), asyncio.create_task(started.wait())
    await asyncio.wait({life, start}, return_when=asyncio.FIRST_COMPLETED)
    start.cancel()
    try:
        if not life.done():
            yield _with(state, app)
    finally:
        ending.set()
        await life


def _with(state: Mapping[str, Any], app: ASGIApp) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    return call
