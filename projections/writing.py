"""Rows of the read tables: of each product those that changed are replaced, a table at a time."""

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from events.database import Connection, statement
from projections import projection
from projections.folding import Change
from projections.product_details import table as details
from projections.projection import Catalog, Product, ReadModel, Row
from projections.read_models import READ_MODELS

_READ_DOCUMENTS = statement(__package__, "sql/read_documents.sql")
_DELETE_PRODUCTS = statement(__package__, "sql/delete_products.sql")
_FIND_LANGUAGE = statement(__package__, "sql/find_language.sql")


async def read(
    connection: Connection, schema: str, catalog: str, products: Iterable[UUID]
) -> dict[UUID, Product]:
    """What is read of these products."""
    query = _READ_DOCUMENTS.format(table=f"{schema}.{details.name}")
    rows = await connection.fetch(query, catalog, list(products))
    return {row["product_id"]: projection.stored(row["document"]) for row in rows}


async def read_catalog(connection: Connection, key: str) -> Catalog:
    return Catalog(key, await connection.fetchval(_FIND_LANGUAGE, key))


async def write(
    connection: Connection, schema: str, catalog: str, changes: Sequence[Change]
) -> None:
    """Bring the tables from what the products were to what they are."""
    of = await read_catalog(connection, catalog)
    for model in READ_MODELS:
        gone: list[UUID] = []
        come: list[Row] = []
        for before, after in _changed(model, changes):
            rows_before = model.rows(of, before) if before else ()
            rows_after = model.rows(of, after) if after else ()
            if rows_before != rows_after:
                come += rows_after
                if before and rows_before:
                    gone.append(before.document.id)
        await _delete(connection, schema, model.table.name, catalog, gone)
        await _insert(connection, schema, model, come)


def _changed(
    model: ReadModel, changes: Sequence[Change]
) -> Iterator[tuple[Product | None, Product | None]]:
    """What products were and are, where the table can tell the difference."""
    for change in changes:
        before, after = change.before, change.after
        if not before or not after or model.source(before) != model.source(after):
            yield before, after


async def erase(
    connection: Connection, schema: str, catalog: str, products: Sequence[UUID]
) -> None:
    """Remove whatever the tables hold of these products."""
    for model in READ_MODELS:
        await _delete(connection, schema, model.table.name, catalog, products)


async def _delete(
    connection: Connection, schema: str, table: str, catalog: str, products: Sequence[UUID]
) -> None:
    if products:
        query = _DELETE_PRODUCTS.format(table=f"{schema}.{table}")
        await connection.execute(query, catalog, products)


async def _insert(
    connection: Connection, schema: str, model: ReadModel, rows: Sequence[Row]
) -> None:
    if rows:
        await connection.copy_records_to_table(
            model.table.name,
            schema_name=schema,
            columns=[column.name for column in model.columns],
            records=rows,
        )
