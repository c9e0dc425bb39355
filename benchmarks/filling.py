"""Long logs in minutes: rows as appends would have left them, written a slice at a time."""

from collections.abc import Callable
from uuid import UUID

from benchmarks.story import ACTOR, CATALOG, CORRELATION_ID, EVENTS_A_PRODUCT, PRICED
from events.database import driver, pool, statement

STREAMS = statement(__package__, "sql/fill_streams.sql")
CLAIMS = statement(__package__, "sql/fill_claims.sql")
EVENTS = statement(__package__, "sql/fill_events.sql")
HEAD = statement(__package__, "sql/fill_head.sql")
SLICE = 250_000
FIRST_STREAM = UUID("01900000-0000-7000-8000-000000000000")


def stream(n: int) -> UUID:
    """The id of the stream that was filled in as number `n`, from 0."""
    return UUID(int=FIRST_STREAM.int + n)


async def fill(url: str, streams: int, filled: Callable[[int], None]) -> None:
    """`streams` products with ten events each; `filled` hears of each slice's events."""
    events = streams * EVENTS_A_PRODUCT
    event = (PRICED.type, PRICED.schema_version, PRICED.data, ACTOR, CORRELATION_ID)
    async with (
        pool(url, application="catalog-bench", command_timeout=None) as engine,
        driver(engine) as connection,
    ):
        await connection.execute(STREAMS, CATALOG, streams, EVENTS_A_PRODUCT)
        await connection.execute(CLAIMS)
        for first in range(1, events + 1, SLICE):
            last = min(first + SLICE - 1, events)
            await connection.execute(EVENTS, CATALOG, streams, first, last, *event)
            filled(last - first + 1)
        await connection.execute(HEAD, CATALOG, events)
        await connection.execute("vacuum analyze")
