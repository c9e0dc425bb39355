"""The read document of each product, stored as the bytes that are sent."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Column, Index, Integer, Table, Text
from sqlalchemy.dialects import postgresql

from events.database import Connection
from projections.document import ProductDocument, decode
from projections.projection import Folded
from projections.tables import read_tables

table = Table(
    "product_details",
    read_tables,
    Column("catalog_id", Text, primary_key=True),
    Column("product_id", postgresql.UUID(as_uuid=True), primary_key=True),
    Column("sku", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("document", postgresql.JSON, nullable=False),
    Index("product_details_sku", "catalog_id", "sku", unique=True),
)

_WRITE = """
insert into {schema}.product_details
select $1, *
from unnest($2::uuid[], $3::text[], $4::integer[], $5::text[]::json[])
on conflict (catalog_id, product_id) do update
set sku = excluded.sku, version = excluded.version, document = excluded.document
"""

_READ = """
select product_id, document
from {schema}.product_details
where catalog_id = $1 and product_id = any ($2::uuid[])
"""


async def write(
    connection: Connection, schema: str, catalog: str, products: Sequence[Folded]
) -> None:
    await connection.execute(
        _WRITE.format(schema=schema),
        catalog,
        [product.document.id for product in products],
        [product.document.sku for product in products],
        [product.document.version for product in products],
        [product.body.decode() for product in products],
    )


async def read(
    connection: Connection, schema: str, catalog: str, ids: Iterable[UUID]
) -> dict[UUID, ProductDocument]:
    rows = await connection.fetch(_READ.format(schema=schema), catalog, list(ids))
    return {row["product_id"]: decode(row["document"]) for row in rows}
