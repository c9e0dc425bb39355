"""A catalog's whole log, read from any position on: what happened, and what each event changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.recorded import Recorded
from events.selection import Selection, read_heads_of, select
from queries.answer import Answer
from queries.audit.folded import FoldedProducts
from queries.audit.telling import LoggedItem, tell

WINDOW = 20_000
"""Positions that one request looks at, however few of their events are wanted."""


class Page(msgspec.Struct, frozen=True):
    items: Sequence[LoggedItem]
    next_after: int | None
    """The position up to which the page looked; None when that is the end of the log."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The wanted events of a part of the log, and what is told of each."""

    events: Sequence[Recorded]
    items: Sequence[LoggedItem]
    upto: int
    """The last position that was looked at."""
    head: int


class LogReader:
    """Reads logs in stretches; who goes on where he was needs no event twice."""

    def __init__(self, engine: AsyncEngine, *, folded_bytes: int) -> None:
        """What it remembers of products weighs about `folded_bytes` at the most."""
        self._engine = engine
        self._products = FoldedProducts(folded_bytes)

    async def heads(self, catalogs: Collection[str]) -> dict[str, int]:
        """The last position of each log. Raises `DatabaseUnavailable`."""
        async with driver(self._engine) as connection:
            return await read_heads_of(connection, catalogs)

    async def page(
        self, catalog: str, wanted: Selection, *, after: int, limit: int
    ) -> Answer[Page]:
        """Raises `DatabaseUnavailable`."""
        stretch = await self.stretch(catalog, wanted, after=after, limit=limit)
        following = stretch.upto if stretch.upto < stretch.head else None
        return Answer(Page(stretch.items, following), stretch.head)

    async def stretch(self, catalog: str, wanted: Selection, *, after: int, limit: int) -> Stretch:
        """At most `limit` events, and of the whole log at most `WINDOW` positions looked at.

        A product's events are found without a look at others', so that they may lie anywhere.
        Raises `DatabaseUnavailable`.
        """
        async with driver(self._engine) as connection:
            head = (await read_heads_of(connection, [catalog]))[catalog]
            upto = min(after + WINDOW, head) if wanted.stream is None else head
            events = await select(connection, catalog, wanted, after=after, upto=upto, limit=limit)
        items = await tell(self._engine, catalog, events, self._products)
        looked = events[-1].position if len(events) == limit else max(upto, after)
        return Stretch(events, items, looked, head)
