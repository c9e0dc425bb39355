"""An export has the products that a list would have, and the columns of those alone."""

import csv
from dataclasses import replace
from datetime import datetime
from io import StringIO

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from projections.projection import Catalog
from queries.exports.exporting import Format, Wanted, opened
from queries.lists.filters import Filters
from tests.given import Log, projected
from tests.shelf import DAYS, matches, put, shelf, stock

EVERYTHING = Filters(currency="EUR", status="any")
ASKED = (
    EVERYTHING,
    Filters(currency="EUR"),
    Filters(currency="EUR", status="archived", category="a"),
    Filters(currency="JPY", price_min=5, price_max=99, brand="Acme"),
    Filters(currency="EUR", q="lamp", tags=("new", "sale")),
    Filters(currency="EUR", attributes={"color": "red", "watts": "40"}),
    Filters(currency="EUR", updated_since=DAYS[4], price_max=10),
    Filters(currency="EUR", sku="nowhere"),
)


async def exported(
    engine: AsyncEngine, filters: Filters, form: Format = "ndjson"
) -> tuple[int, bytes]:
    """How many products it was to have, and the file."""
    wanted = Wanted(catalog=Catalog("main", "simple"), filters=filters, form=form)
    async with opened(engine, wanted) as export:
        count = await export.count()
        return count, b"".join([piece.body async for piece in export.pieces()])


def ids(file: bytes) -> list[str]:
    return [msgspec.json.decode(line)["id"] for line in file.splitlines()]


async def test_it_has_what_a_list_has_in_the_order_of_ids(engine: AsyncEngine) -> None:
    products = shelf(100)
    await stock(engine, products)
    for filters in ASKED:
        count, file = await exported(engine, filters)
        expected = sorted(str(each.id) for each in products if matches(each, filters))
        assert (count, ids(file)) == (len(expected), expected)


@pytest.mark.parametrize("filters", ASKED[:4])
async def test_so_it_has_as_of_a_moment(engine: AsyncEngine, filters: Filters) -> None:
    products = shelf(60)
    await put(Log(engine), products)
    await projected(engine)
    then = [each for each in products if each.updated_at <= DAYS[3]]
    _, file = await exported(engine, replace(filters, as_of=DAYS[3]))
    assert ids(file) == sorted(str(each.id) for each in then if matches(each, filters))


@pytest.mark.parametrize("moment", [None, DAYS[3]])
async def test_columns_are_of_what_was_chosen(engine: AsyncEngine, moment: datetime | None) -> None:
    products = [replace(each, updated_at=DAYS[0]) for each in shelf(100)]
    await stock(engine, products)
    filters = Filters(currency="EUR", brand="x_y", category="a/b", status="any")
    chosen = [each for each in products if matches(each, filters)]
    _, file = await exported(engine, replace(filters, as_of=moment), "csv")
    [header, *rows] = csv.reader(StringIO(file.decode(), newline=""))
    assert len(rows) == len(chosen) > 0
    currencies = {currency for each in chosen for currency in each.prices}
    attributes = {name for each in chosen for name in each.attributes}
    assert header[header.index("parked_before") + 1 :] == [
        *(f"price.{currency}" for currency in sorted(currencies)),
        *(f"attr.{name}" for name in sorted(attributes)),
    ]
