"""A catalog's whole log, read from any position on: what happened, and what each event changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.recorded import Recorded
from events.selection import Selection, read_heads_of, select
from queries.answer import Answer
from queries.audit.folded import FoldedProducts
from queries.audit.items import LoggedItem
from queries.audit.telling import tell

WINDOW = 20_000
"""Positions that one request looks at, however few of their events are wanted."""
STRETCH_BYTES = 1_000_000
"""Of the data of events that are told of at once; one alone may have more."""


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
        self.products = FoldedProducts(folded_bytes)

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

    async def stretch(
        self,
        catalog: str,
        wanted: Selection,
        *,
        after: int,
        limit: int,
        limit_bytes: int = STRETCH_BYTES,
    ) -> Stretch:
        """At most `limit` events, of which one at the most is beyond `limit_bytes` of data.

        Of the whole log at most `WINDOW` positions are looked at.
        A product's events are found without a look at others', so that they may lie anywhere.
        Raises `DatabaseUnavailable`.
        """
        async with driver(self._engine) as connection:
            head = (await read_heads_of(connection, [catalog]))[catalog]
            upto = min(after + WINDOW, head) if wanted.stream is None else head
            found = await select(connection, catalog, wanted, after=after, upto=upto, limit=limit)
        events = found[: _fitting(found, limit_bytes)]
        items = await tell(self._engine, catalog, events, self.products)
        is_cut = len(events) < len(found) or len(found) == limit
        looked = events[-1].position if is_cut else max(upto, after)
        return Stretch(events, items, looked, head)


def _fitting(events: Sequence[Recorded], limit_bytes: int) -> int:
    """How many of them have so much data, the last one perhaps more."""
    before = accumulate((len(event.data) for event in events), initial=0)
    return sum(weight < limit_bytes for weight in islice(before, len(events)))
