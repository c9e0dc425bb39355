"""Caches that know nothing for long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from benchmarks.harness.installation import Installation
from events.database import driver, pool
from events.nudge import connect
from projections.projector import Progress, read_progress
from projections.publish import Publisher

FORGETFUL = {"CATALOG_PROCESS_CACHE_BYTES": "0"}
"""The setting of a process that remembers no product."""
UNTIL_HEARD_SECONDS = 0.1


@asynccontextmanager
async def forgetting(installation: Installation, seconds: float) -> AsyncIterator[None]:
    """From now on everything is forgotten in Redis and in the processes, over and over.

    As it is when rows have changed of which the worker cannot tell which: the only catalog's
    documents get another token.
    """
    async with (
        pool(installation.database_url, application="catalog-bench", pool_size=1) as engine,
        connect(installation.redis_url) as redis,
    ):
        async with driver(engine) as connection:
            [progress] = await read_progress(connection)
        forgets = asyncio.create_task(_forget(Publisher(redis, ttl_seconds=1), progress, seconds))
        await asyncio.sleep(UNTIL_HEARD_SECONDS)
        try:
            yield
        finally:
            forgets.cancel()
            with suppress(asyncio.CancelledError):
                await forgets


async def _forget(publisher: Publisher, progress: Progress, seconds: float) -> None:
    while True:
        await publisher.forget_all(progress.catalog, progress.switched, progress.checkpoint)
        await asyncio.sleep(seconds)
