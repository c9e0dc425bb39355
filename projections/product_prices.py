"""A row a price, for filters and sorts in one currency, with what most lists filter by, too."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Index, Table, Text
from sqlalchemy.dialects import postgresql

from projections.document import ProductDocument
from projections.past import period
from projections.projection import Catalog, Product, ReadModel, Row
from projections.tables import read_tables

_C = Text(collation="C")

table = Table(
    "product_prices",
    read_tables,
    Column("catalog_id", Text, primary_key=True),
    Column("product_id", postgresql.UUID(as_uuid=True), primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("amount", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("category", _C),
    Column("brand", _C),
    *period(),
    Index(
        "product_prices_amount",
        "catalog_id",
        "currency",
        "amount",
        "product_id",
        postgresql_include=["status", "category", "brand", "since", "until"],
    ),
)


def rows(catalog: Catalog, product: Product) -> Sequence[Row]:
    document = product.document
    beside = (document.status, document.category, document.brand)
    return [
        (catalog.key, document.id, price.currency, price.amount, *beside)
        for price in document.prices
    ]


def source(document: ProductDocument) -> tuple[object, ...]:
    return document.prices, document.status, document.category, document.brand


model = ReadModel(table, rows, source)
