"""A log event by event, with what each one changed."""

from collections.abc import AsyncGenerator

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.replays.part import Part
from queries.audit.events import LogReader
from queries.audit.telling import LoggedItem

AT_ONCE = 1_000
REMEMBERED_BYTES = 64_000_000
"""Of products, so that what each of them was before an event need not be read again."""


async def events(engine: AsyncEngine, part: Part) -> AsyncGenerator[LoggedItem]:
    """In the order of their positions. No transaction is open while somebody looks at them.

    Raises `DatabaseUnavailable`.
    """
    reader = LogReader(engine, folded_bytes=REMEMBERED_BYTES)
    after = part.first - 1
    while after < part.last:
        stretch = await reader.stretch(part.catalog, part.wanted, after=after, limit=AT_ONCE)
        for item in stretch.items:
            if part.takes(item):
                yield item
        after = stretch.upto
