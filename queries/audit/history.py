"""A product's history, read from the log alone: what happened, and what each event changed."""

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.selection import Selection, select
from queries.answer import Answer
from queries.audit.folded import FoldedProducts
from queries.audit.items import LoggedItem
from queries.audit.stand import find_stand
from queries.audit.telling import tell
from queries.cursor import Cursors


class History(msgspec.Struct, frozen=True):
    items: list[LoggedItem]
    next_cursor: str | None


class Cursor(msgspec.Struct, frozen=True):
    position: int


async def of_product(
    engine: AsyncEngine,
    remembered: FoldedProducts,
    cursors: Cursors,
    catalog: str,
    wanted: Selection,
    *,
    limit: int,
    cursor: str | None,
) -> Answer[History | None]:
    """Those of a product's events that are wanted, oldest first; None for an unknown product.

    `wanted` says of which product. Whoever goes on with a cursor needs no event twice that is
    `remembered`. Raises `InvalidCursor`.
    """
    of = ("history", catalog, wanted)
    after = cursors.open(cursor, Cursor, of=of).position if cursor else 0
    async with driver(engine) as connection:
        stand = await find_stand(connection, catalog, wanted.stream)
        if not stand.version:
            return Answer(None, stand.head)
        found = await select(
            connection, catalog, wanted, after=after, upto=stand.head, limit=limit + 1
        )
    items = await tell(engine, catalog, found[:limit], remembered)
    more = len(found) > limit
    following = cursors.seal(Cursor(items[-1].position), of=of) if more else None
    return Answer(History(items, following), stand.head)
