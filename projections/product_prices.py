"""A row a price, for filters and sorts in one currency."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Index, Table, Text
from sqlalchemy.dialects import postgresql

from events.database import Connection
from events.product import PriceRemoved, PriceSet
from projections.projection import Folded
from projections.tables import read_tables

table = Table(
    "product_prices",
    read_tables,
    Column("catalog_id", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("product_id", postgresql.UUID(as_uuid=True), primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Index("product_prices_amount", "catalog_id", "currency", "amount", "product_id"),
)

_REMOVE = """
delete from {schema}.product_prices p
using unnest($2::uuid[], $3::text[]) as u (product_id, currency)
where p.catalog_id = $1 and p.product_id = u.product_id and p.currency = u.currency
"""

_SET = """
insert into {schema}.product_prices (catalog_id, product_id, currency, amount)
select $1, * from unnest($2::uuid[], $3::text[], $4::bigint[])
on conflict (catalog_id, currency, product_id) do update set amount = excluded.amount
"""


async def write(
    connection: Connection, schema: str, catalog: str, products: Sequence[Folded]
) -> None:
    last = {
        (each.stream_id, event.currency): event
        for product in products
        for each in product.events
        if isinstance(event := each.event, PriceSet | PriceRemoved)
    }
    removed = [key for key, event in last.items() if isinstance(event, PriceRemoved)]
    if removed:
        await connection.execute(_REMOVE.format(schema=schema), catalog, *_columns(removed, 2))
    prices = [(*key, event.amount) for key, event in last.items() if isinstance(event, PriceSet)]
    if prices:
        await connection.execute(_SET.format(schema=schema), catalog, *_columns(prices, 3))


def _columns(rows: Sequence[tuple[object, ...]], count: int) -> list[list[object]]:
    return [[row[column] for row in rows] for column in range(count)]
