"""The category tree of each catalog, counted once for all who ask at a time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic

import asyncpg
import msgspec

from events.database import statement
from queries.answer import Answer
from queries.category_tree import tree
from queries.database import ReadDatabase
from queries.moment import Moment, one_moment
from queries.single_flight import SingleFlight

_COUNT = statement(__package__, "sql/count_products_by_category.sql")

UNDOUBTED_SECONDS = 2.0
"""How old a tree may be before PostgreSQL is asked whether it still holds."""
KEPT_CATALOGS = 100


@dataclass(frozen=True, slots=True)
class _Kept:
    answer: Answer[bytes]
    state: str
    """Of the read tables it was counted in."""
    asked_at: float

    def serves(self, minimum: int) -> bool:
        young = monotonic() - self.asked_at < UNDOUBTED_SECONDS
        return young and self.answer.position >= minimum


class Categories:
    def __init__(self, database: ReadDatabase) -> None:
        self._database = database
        self._kept: dict[str, _Kept] = {}
        self._counting = SingleFlight[str, _Kept]()

    async def read(self, catalog: str, *, minimum: int) -> Answer[bytes]:
        """`{items: […]}` in JSON: a tree of products that are not archived.

        As of `minimum` unless the read tables have not come so far. Raises `DatabaseUnavailable`,
        `TooManyQueries` and `QueryTooSlow`.
        """
        kept = self._kept.get(catalog)
        if kept is None or not kept.serves(minimum):
            kept = await self._counted(catalog)
            if kept.answer.position < minimum:  # it may have been under way before they had
                kept = await self._counted(catalog)
        return kept.answer

    async def _counted(self, catalog: str) -> _Kept:
        return await self._counting(catalog, partial(self._count, catalog))

    async def _count(self, catalog: str) -> _Kept:
        kept, asked_at = self._kept.get(catalog), monotonic()
        async with one_moment(self._database, catalog) as (connection, moment):
            unchanged = kept is not None and kept.state == moment.state
            rows = [] if unchanged else await connection.fetch(_COUNT, catalog)
        if kept and unchanged:
            kept = replace(kept, asked_at=asked_at)
        else:
            kept = await asyncio.to_thread(_made, rows, moment, asked_at)
        self._keep(catalog, kept)
        return kept

    def _keep(self, catalog: str, kept: _Kept) -> None:
        self._kept.pop(catalog, None)
        self._kept[catalog] = kept
        if len(self._kept) > KEPT_CATALOGS:
            del self._kept[next(iter(self._kept))]


def _made(rows: Sequence[asyncpg.Record], moment: Moment, asked_at: float) -> _Kept:
    body = msgspec.json.encode({"items": tree((row["category"], row["count"]) for row in rows)})
    return _Kept(Answer(body, moment.position), moment.state, asked_at)
