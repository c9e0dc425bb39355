"""A row a product, of what lists filter and sort by."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Column, DateTime, Index, Table, Text
from sqlalchemy.dialects import postgresql

from events.database import Connection
from projections.projection import Folded
from projections.tables import read_tables

_C = Text(collation="C")

table = Table(
    "product_search",
    read_tables,
    Column("catalog_id", Text, primary_key=True),
    Column("product_id", postgresql.UUID(as_uuid=True), primary_key=True),
    Column("sku", _C, nullable=False),
    Column("name", _C, nullable=False),
    Column("brand", Text),
    Column("category", _C),
    Column("status", Text, nullable=False),
    Column("tags", postgresql.ARRAY(Text), nullable=False),
    Column("attributes", postgresql.JSONB, nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("product_search_sku", "catalog_id", "sku"),
    Index("product_search_name", "catalog_id", "name", "product_id"),
    Index("product_search_updated_at", "catalog_id", "updated_at", "product_id"),
    Index("product_search_category", "catalog_id", "category"),
    Index("product_search_brand", "catalog_id", "brand"),
)

_WRITE = """
insert into {schema}.product_search
select $1, id, sku, name, brand, category, status,
       array(select json_array_elements_text(tags)), attributes, updated_at
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
            $8::text[]::json[], $9::text[]::jsonb[], $10::timestamptz[])
     as u (id, sku, name, brand, category, status, tags, attributes, updated_at)
on conflict (catalog_id, product_id) do update
set name = excluded.name, brand = excluded.brand, category = excluded.category,
    status = excluded.status, tags = excluded.tags, attributes = excluded.attributes,
    updated_at = excluded.updated_at
"""


async def write(
    connection: Connection, schema: str, catalog: str, products: Sequence[Folded]
) -> None:
    documents = [product.document for product in products]
    await connection.execute(
        _WRITE.format(schema=schema),
        catalog,
        [document.id for document in documents],
        [document.sku for document in documents],
        [sortable(document.name) for document in documents],
        [document.brand for document in documents],
        [document.category for document in documents],
        [document.status for document in documents],
        [msgspec.json.encode(document.tags).decode() for document in documents],
        [msgspec.json.encode(document.attributes).decode() for document in documents],
        [document.updated_at for document in documents],
    )


def sortable(name: str) -> str:
    """The name as lists sort it: without regard to case."""
    return name.casefold()
