"""The read document of each product, stored as the bytes that are sent.

What most lists filter by is beside it, so that one in the order of an index reads no other table.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Table, Text
from sqlalchemy.dialects import postgresql

from projections.document import ProductDocument
from projections.past import period
from projections.projection import Catalog, Product, ReadModel, Row
from projections.tables import read_tables

_C = Text(collation="C")

table = Table(
    "product_details",
    read_tables,
    Column("catalog_id", Text, primary_key=True),
    Column("product_id", postgresql.UUID(as_uuid=True), primary_key=True),
    Column("sku", _C, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("status", Text, nullable=False),
    Column("category", _C),
    Column("brand", _C),
    Column("parked_before", BigInteger),
    Column("document", postgresql.JSON, nullable=False),
    *period(),
    Index(
        "product_details_sku",
        "catalog_id",
        "sku",
        unique=True,
        postgresql_include=["product_id", "status", "since", "until"],
    ),
    Index(
        "product_details_updated_at",
        "catalog_id",
        "updated_at",
        "product_id",
        postgresql_include=["status", "category", "brand", "since", "until"],
    ),
)


def rows(catalog: Catalog, product: Product) -> Sequence[Row]:
    document = product.document
    parked_before = None if document.parked is msgspec.UNSET else document.parked.position
    return [
        (
            catalog.key,
            document.id,
            document.sku,
            document.version,
            document.updated_at,
            document.status,
            document.category,
            document.brand,
            parked_before,
            product.body,
        )
    ]


def source(document: ProductDocument) -> tuple[object, ...]:
    """Every event counts as a version."""
    return (document.version,)


model = ReadModel(table, rows, source)
