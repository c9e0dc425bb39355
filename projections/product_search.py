"""A row a product, of what lists filter and sort by and what seldom changes."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Column, Index, Table, Text
from sqlalchemy.dialects import postgresql

from projections.projection import Product, ReadModel, Row
from projections.tables import read_tables

_C = Text(collation="C")

table = Table(
    "product_search",
    read_tables,
    Column("catalog_id", Text, primary_key=True),
    Column("product_id", postgresql.UUID(as_uuid=True), primary_key=True),
    Column("name", _C, nullable=False),
    Column("brand", _C),
    Column("category", _C),
    Column("status", Text, nullable=False),
    Column("tags", postgresql.ARRAY(Text), nullable=False),
    Column("attributes", postgresql.JSONB, nullable=False),
    Index("product_search_name", "catalog_id", "name", "product_id"),
    Index("product_search_category", "catalog_id", "category"),
    Index("product_search_brand", "catalog_id", "brand"),
)


def rows(catalog: str, product: Product) -> Sequence[Row]:
    document = product.document
    return [
        (
            catalog,
            document.id,
            sortable(document.name),
            document.brand,
            document.category,
            document.status,
            document.tags,
            msgspec.json.encode(document.attributes).decode(),
        )
    ]


def sortable(name: str) -> str:
    """The name as lists sort it: without regard to case."""
    return name.casefold()


model = ReadModel(table, rows)
