"""A log again, event by event."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.logged import logged
from cli.replays.part import Part
from queries.audit.items import LoggedItem


async def events(engine: AsyncEngine, part: Part) -> AsyncGenerator[LoggedItem]:
    """As `logged` tells them."""
    found = logged(engine, part.catalog, part.wanted, after=part.first - 1, upto=part.last)
    async with aclosing(found) as items:
        async for item in items:
            if part.takes(item):
                yield item
