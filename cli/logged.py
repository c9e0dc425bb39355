"""A log event by event, with what each one changed."""

import sys
from collections.abc import AsyncGenerator

from sqlalchemy.ext.asyncio import AsyncEngine

from events.selection import Selection
from queries.audit.events import LogReader
from queries.audit.items import LoggedItem

AT_ONCE = 1_000
REMEMBERED_BYTES = 64_000_000
"""Of products, so that what each of them was before an event need not be read again."""


async def logged(
    engine: AsyncEngine,
    catalog: str,
    wanted: Selection,
    *,
    after: int = 0,
    upto: int,
    limit: int = sys.maxsize,
) -> AsyncGenerator[LoggedItem]:
    """What is wanted behind a position and up to another, in their order; at most `limit`.

    No transaction is open while somebody looks at them. Raises `DatabaseUnavailable`.
    """
    reader = LogReader(engine, folded_bytes=REMEMBERED_BYTES)
    while after < upto and limit > 0:
        stretch = await reader.stretch(catalog, wanted, after=after, limit=min(limit, AT_ONCE))
        for item in stretch.items:
            if item.position <= upto:
                yield item
        limit -= len(stretch.items)
        after = stretch.upto
