"""What suppliers send all day: other prices of products that are there."""

import asyncio
import random
from collections.abc import Iterator, Mapping
from itertools import count, islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.material.story import CATALOG, asked
from commands.appending import KIND
from events.append import Append, Appended
from events.appender import Appender
from events.codec import encode
from events.database import Connection, driver, statement
from events.product import PriceSet

STREAMS = statement(__package__, "sql/streams.sql")
WRITERS = 64


async def change(engine: AsyncEngine, changes: int) -> None:
    """So many prices. Raises `TypeError` where one was not appended."""
    async with driver(engine) as connection:
        versions = await read_versions(connection)
    changing = islice(told(versions), changes)
    appender = Appender(engine, CATALOG, KIND, queue_limit=2_000, batch_limit=500)
    await asyncio.gather(*(_append(appender, changing) for _ in range(WRITERS)))
    await appender.drain()


async def read_versions(connection: Connection) -> dict[UUID, int]:
    """The version of each stream."""
    return {row["stream_id"]: row["version"] for row in await connection.fetch(STREAMS)}


def told(versions: Mapping[UUID, int]) -> Iterator[Append]:
    """Round by round of all streams in a random order, each with the version that it expects."""
    streams = random.sample(list(versions), len(versions))
    for n in count():
        for stream in streams:
            priced = encode(PriceSet(currency="USD", amount=1_000 + n))
            yield asked(stream, priced, versions[stream] + n)


async def _append(appender: Appender, changing: Iterator[Append]) -> None:
    for each in changing:
        outcome = await appender.append(each)
        if not isinstance(outcome, Appended):
            raise TypeError(outcome)
