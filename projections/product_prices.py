"""A row a price, for filters and sorts in one currency."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Index, Table, Text
from sqlalchemy.dialects import postgresql

from projections.projection import Product, ReadModel, Row
from projections.tables import read_tables

table = Table(
    "product_prices",
    read_tables,
    Column("catalog_id", Text, primary_key=True),
    Column("product_id", postgresql.UUID(as_uuid=True), primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Index("product_prices_amount", "catalog_id", "currency", "amount", "product_id"),
)


def rows(catalog: str, product: Product) -> Sequence[Row]:
    document = product.document
    return [(catalog, document.id, price.currency, price.amount) for price in document.prices]


model = ReadModel(table, rows)
