"""What suppliers send all day: other prices of products that are there."""

import random
from collections.abc import Iterator, Mapping
from itertools import count
from uuid import UUID

from benchmarks.story import asked
from events.append import Append
from events.codec import encode
from events.database import Connection, statement
from events.product import PriceSet

STREAMS = statement(__package__, "sql/streams.sql")


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
