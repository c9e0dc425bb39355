"""A catalog's products at one moment as a file, piece by piece, with constant memory."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, statement
from projections.projection import Catalog
from queries.exports.columns import find_columns
from queries.exports.content import CONTENTS, Kind
from queries.exports.varying import Varying
from queries.exports.writers import CommaSeparated, Ndjson, Writer
from queries.lists.conditions import DETAILS, ask
from queries.lists.filters import Filters
from queries.lists.pages import everything
from queries.lists.products import PLAN_FOR_VALUES
from queries.lists.sources import matching
from queries.moment import moment_of

type Format = Literal["ndjson", "csv", "parquet"]

FIRST = 10
PAGE = 200
"""Products that are read at once, at the most."""
PAGE_BYTES = 4_000_000
"""That they are to have, by what the ones before them had: one may have more than a megabyte."""

_LASTING = statement(__package__, "sql/lasting.sql")
_WALK = statement(__package__, "sql/walk_documents.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    catalog: Catalog
    filters: Filters
    kind: Kind = "products"
    form: Format = "ndjson"


class Piece(NamedTuple):
    body: bytes
    """May be empty: Parquet comes a row group at a time."""
    products: int
    """That it brought the file on by."""


class Export:
    """A file that is yet to be written, once; all of it is of one moment."""

    def __init__(self, connection: Connection, wanted: Wanted, position: int) -> None:
        self.position = position
        """Up to which it reflects the log."""
        self._connection = connection
        self._wanted = wanted

    async def count(self) -> int:
        """How many products it will have."""
        asked = ask(self._wanted.filters, self._wanted.catalog)
        query = f"select count(*) from ({everything(asked)}) counted"
        return int(await self._connection.fetchval(query, *asked.arguments))

    async def pieces(self) -> AsyncGenerator[Piece]:
        """In the order of products' ids. Raises `NumberTooLarge` and `DatabaseUnavailable`."""
        asked = ask(self._wanted.filters, self._wanted.catalog)
        by_csv = self._wanted.form == "csv" and self._wanted.kind == "products"
        varying = await find_columns(self._connection, asked) if by_csv else Varying()
        writer = await asyncio.to_thread(_writer, self._wanted, varying)
        yield Piece(writer.begun(), 0)
        asked = ask(self._wanted.filters, self._wanted.catalog)
        query = _WALK.format(chosen=matching(asked, "d.document::text as document", [DETAILS]))
        async for bodies in _pages(self._connection, query, *asked.arguments):
            yield Piece(await asyncio.to_thread(writer.written, bodies), len(bodies))
        yield Piece(await asyncio.to_thread(writer.ended), 0)


@asynccontextmanager
async def opened(
    engine: AsyncEngine, wanted: Wanted, *, seconds: float = 0
) -> AsyncIterator[Export]:
    """The moment is held for the block, so many seconds at the most; 0: as long as that takes.

    Raises `DatabaseUnavailable`, and `ReadTablesOutdated` where there is no past.
    """
    limits = _LASTING.format(milliseconds=round(seconds * 1000), plan=PLAN_FOR_VALUES)
    past = wanted.filters.as_of is not None
    async with moment_of(engine, wanted.catalog.key, limits, past=past) as (connection, moment):
        yield Export(connection, wanted, moment.position)


async def _pages(
    connection: Connection, query: str, *arguments: object
) -> AsyncIterator[list[str]]:
    cursor = await connection.cursor(query, *arguments)
    size = min(FIRST, PAGE)
    while rows := await cursor.fetch(size):
        bodies = [str(row["document"]) for row in rows]
        yield bodies
        size = min(PAGE, 1 + PAGE_BYTES * len(bodies) // sum(map(len, bodies)))


def _writer(wanted: Wanted, varying: Varying) -> Writer:
    match wanted.form:
        case "ndjson":
            return Ndjson(CONTENTS[wanted.kind])
        case "csv":
            return CommaSeparated(CONTENTS[wanted.kind], varying)
        case "parquet":
            from queries.exports.parquet import Parquet  # noqa: PLC0415 -- it takes a while

            return Parquet(wanted.kind)
