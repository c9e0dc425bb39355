"""Read tables of a version that kept no past, until they are made anew."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from queries.database import ReadDatabase
from queries.errors import ReadTablesOutdated
from queries.lists import products
from queries.lists.filters import Filters
from queries.lists.listing import Wanted
from queries.lists.totals import Totals
from tests import later, shelf
from tests.cursors import CURSORS
from tests.given import MAIN

SHELF = shelf.shelf(5)
NOW = Filters(currency="EUR", status="any")


async def test_the_present_is_listed_and_the_past_refused(engine: AsyncEngine) -> None:
    await shelf.stock(engine, SHELF)
    async with driver(engine) as connection:
        for table in ("product_details", "product_search", "product_prices"):
            await connection.execute(f"drop view read.ever_{table}")

    async def found(filters: Filters) -> int:
        wanted = Wanted(catalog=MAIN, filters=filters)
        answer = await products.find(ReadDatabase(engine), CURSORS, Totals(), wanted)
        return answer.value.total

    assert await found(NOW) == len(SHELF)
    with pytest.raises(ReadTablesOutdated):
        await found(replace(NOW, as_of=later.THEN))
