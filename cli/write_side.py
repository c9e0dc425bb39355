"""A catalog as a command writes to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.settings import Settings
from cli.named import find_head
from commands.appending import KIND
from commands.write_side import WriteSide
from events.appender import Appender
from events.database import driver, pool
from events.nudge import connect, nudge


@asynccontextmanager
async def write_side(
    settings: Settings, catalog: str, *, application: str
) -> AsyncIterator[WriteSide]:
    """At its end a worker hears that there may be something new. Raises `NoSuchCatalog`."""
    url = settings.database_url.get_secret_value()
    async with pool(url, application=application, pool_size=4) as engine:
        async with driver(engine) as connection:
            await find_head(connection, catalog)
        appender = Appender(
            engine,
            catalog,
            KIND,
            queue_limit=settings.append_queue_limit,
            batch_limit=settings.append_batch_limit,
        )
        side = WriteSide(appender)
        yield side
        await side.drain()
        async with connect(settings.redis_url.get_secret_value()) as redis:
            await nudge(redis, catalog)
