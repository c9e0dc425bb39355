"""Long logs in minutes: rows as appends would have left them, written a slice at a time."""

from collections.abc import Callable
from uuid import UUID

from benchmarks.material.story import (
    ACTOR,
    CATALOG,
    CORRELATION_ID,
    EVENTS_A_PRODUCT,
    PRICED,
    REGISTERED,
)
from events.database import driver, pool, statement

STREAMS = statement(__package__, "sql/fill_streams.sql")
CLAIMS = statement(__package__, "sql/fill_claims.sql")
EVENTS = statement(__package__, "sql/fill_events.sql")
HEAD = statement(__package__, "sql/fill_head.sql")
SLICE = 250_000
type Filled = Callable[[int], None]
"""Hears of so many more events, a slice after the other."""

FIRST_STREAM = UUID("01900000-0000-7000-8000-000000000000")


def stream(n: int) -> UUID:
    """The id of the stream that was filled in as number `n`, from 0."""
    return UUID(int=FIRST_STREAM.int + n)


async def fill(url: str, streams: int, filled: Filled) -> None:
    """`streams` products with ten events each."""
    events = streams * EVENTS_A_PRODUCT
    async with (
        pool(url, application="catalog-bench", command_timeout=None) as engine,
        driver(engine) as connection,
    ):
        await connection.execute(STREAMS, CATALOG, streams, EVENTS_A_PRODUCT)
        await connection.execute(CLAIMS)
        for event, positions in (
            (REGISTERED, range(1, streams + 1)),
            (PRICED, range(streams + 1, events + 1)),
        ):
            told = (event.type, event.schema_version, event.data, ACTOR, CORRELATION_ID)
            for first in positions[::SLICE]:
                last = min(first + SLICE, positions.stop) - 1
                await connection.execute(EVENTS, CATALOG, streams, first, last, *told)
                filled(last - first + 1)
        await connection.execute(HEAD, CATALOG, events)
        await connection.execute("vacuum analyze")
