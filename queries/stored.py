"""Products in PostgreSQL: many looked up at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver, statement
from queries.answer import Answer
from queries.document import Document
from queries.memory import Found

_FIND = statement(__package__, "sql/find_products.sql")
_FIND_BY_SKU = statement(__package__, "sql/find_products_by_sku.sql")


@dataclass(frozen=True, slots=True)
class Stored:
    answer: Found
    switched: int = 0
    """Counts how often another generation came to be read."""
    product: UUID | None = None


async def find(engine: AsyncEngine, keys: Sequence[tuple[str, UUID]]) -> list[Stored]:
    """For each catalog and id what is read. Raises `DatabaseUnavailable`."""
    catalogs, products = [list(each) for each in zip(*keys, strict=True)]
    async with driver(engine) as connection:
        rows = await connection.fetch(_FIND, catalogs, products)
    found = {row["number"]: Stored(_answer(row), row["switched"]) for row in rows}
    return [found.get(number, NOTHING) for number in range(1, len(keys) + 1)]


async def find_by_sku(engine: AsyncEngine, keys: Sequence[tuple[str, str]]) -> list[Stored]:
    """For each catalog and SKU what is read. Raises `DatabaseUnavailable`."""
    catalogs, skus = [list(each) for each in zip(*keys, strict=True)]
    async with driver(engine) as connection:
        rows = await connection.fetch(_FIND_BY_SKU, catalogs, skus)
    found = {
        row["number"]: Stored(_answer(row), row["switched"], row["product_id"]) for row in rows
    }
    return [found.get(number, NOTHING) for number in range(1, len(keys) + 1)]


def _answer(row: asyncpg.Record) -> Found:
    parked_before = row["parked_before"]
    parked = parked_before is not None
    position = parked_before - 1 if parked else row["position"]
    if row["document"] is None:
        return Answer(None, position, parked)
    return Answer(Document(row["version"], row["document"].encode(), parked), position, parked)


NOTHING = Stored(Answer(None, 0))
"""Before there are read tables."""
