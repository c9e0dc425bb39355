"""A place of its own for each turn."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from redis.asyncio import Redis

from benchmarks.harness.installation import Installation
from benchmarks.harness.server import administer, copy_database


@contextmanager
def fresh(installation: Installation, name: str) -> Iterator[Installation]:
    """A copy of its database, to which nobody is connected, and a Redis that knows nothing.

    The copy goes with the turn.
    """
    url = asyncio.run(copy_database(installation.database_url, name))
    asyncio.run(_flush(installation.redis_url))
    yield replace(installation, database_url=url)
    asyncio.run(administer(installation.database_url, f"drop database {name}"))


async def _flush(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        await redis.flushdb()
