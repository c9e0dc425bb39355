"""All products of a catalog as they were at a place of its log, folded from the log alone."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from itertools import groupby, takewhile
from operator import attrgetter
from uuid import UUID

from events.database import Connection
from events.recorded import Recorded
from events.walk import walk_streams
from projections.folding import fold
from projections.parking import read_discarded
from projections.portions import FIRST, LAST
from projections.projection import Product

_NO_LIMIT = 2**63 - 1

type LogPlace = int | datetime
"""The last that counts: a position of the log, or a moment of business time."""


async def products_then(
    connection: Connection, catalog: str, until: LogPlace, *, product: UUID | None = None
) -> AsyncIterator[list[Product]]:
    """All, or a single one, by their ids; some at a time, with memory for the events of a few.

    The connection is at one moment: see `events.walk.moment`.
    """
    discarded = await read_discarded(connection, catalog)
    upto = until if isinstance(until, int) else _NO_LIMIT
    pages = walk_streams(connection, catalog, product or FIRST, product or LAST, upto)
    async for streams in _streams(pages):
        prefixes = (list(takewhile(_happened(until), each)) for each in streams)
        changes = (fold(None, events, discarded) for events in prefixes if events)
        yield [change.after for change in changes if change.after]


def _happened(until: LogPlace) -> Callable[[Recorded], bool]:
    """Whether an event is not beyond that place: within a stream, none is behind one that is.

    One of an impossible time is where the event before it is.
    """
    if isinstance(until, int):
        return lambda event: event.position <= until
    return lambda event: not event.dated or event.occurred_at <= until


async def _streams(
    pages: AsyncIterator[list[Recorded]],
) -> AsyncIterator[list[list[Recorded]]]:
    """The streams that end in each page, whole."""
    unfinished: list[Recorded] = []
    async for page in pages:
        ended = []
        for stream, events in groupby(page, attrgetter("stream_id")):
            if unfinished and unfinished[0].stream_id != stream:
                ended.append(unfinished)
                unfinished = []
            unfinished += events
        yield ended
    if unfinished:
        yield [unfinished]
