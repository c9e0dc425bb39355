"""A reader who leaves an answer that lasts, or is let go."""

import asyncio
from contextlib import suppress

from starlette.exceptions import HTTPException
from starlette.types import Receive

from api.streaming.connection import Connection

FAREWELL_SECONDS = 1.0


async def left(receive: Receive) -> None:
    """When the reader is gone, or sends a body without an end."""
    with suppress(HTTPException):
        while (await receive())["type"] != "http.disconnect":
            pass


async def dropped(connection: Connection, receive: Receive) -> None:
    """His connection, with all that he has not taken."""
    connection.abort()
    with suppress(TimeoutError):
        async with asyncio.timeout(FAREWELL_SECONDS):
            await left(receive)
