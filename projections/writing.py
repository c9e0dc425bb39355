"""Rows of the read tables: of each product those that changed are closed, a table at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from sqlalchemy import Table

from events.database import Connection, statement
from projections import projection
from projections.folding import Change, Step
from projections.product_details import table as details
from projections.projection import Catalog, Product, ReadModel, Row
from projections.read_models import READ_MODELS, READ_TABLES

_READ_DOCUMENTS = statement(__package__, "sql/read_documents.sql")
_CLOSE_PRODUCTS = statement(__package__, "sql/close_products.sql")
_DELETE_PRODUCTS = statement(__package__, "sql/delete_products.sql")
_FIND_LANGUAGE = statement(__package__, "sql/find_language.sql")


async def read(
    connection: Connection, schema: str, catalog: str, products: Iterable[UUID]
) -> dict[UUID, Product]:
    """What is read of these products."""
    query = _READ_DOCUMENTS.format(table=f"{schema}.{details.name}")
    rows = await connection.fetch(query, catalog, list(products))
    return {row["product_id"]: projection.stored(row["document"], row["since"]) for row in rows}


async def read_catalog(connection: Connection, key: str) -> Catalog:
    return Catalog(key, await connection.fetchval(_FIND_LANGUAGE, key))


async def write(
    connection: Connection, schema: str, catalog: str, changes: Sequence[Change]
) -> None:
    """Bring the tables from what the products were to what they are, and keep what they were."""
    of = await read_catalog(connection, catalog)
    for model in READ_MODELS:
        closing: dict[UUID, datetime] = {}
        rows = Rows([], [])
        for change in changes:
            steps = change.steps_of(model)
            if steps and change.before:
                closing[change.before.document.id] = steps[0].product.since
            rows.take(model, of, steps, holding=change.after is not None)
        if closing:
            await _close(connection, schema, model, catalog, closing)
        await _insert(connection, schema, model.past, rows.held)
        await _insert(connection, schema, model.table, rows.holding)


async def be_ready(connection: Connection, schema: str, catalog: str) -> None:
    """Have statements prepared outside of a transaction.

    Who stands still in the midst of that keeps his locks: no timeout of PostgreSQL counts then.
    """
    for model in READ_MODELS:
        await _close(connection, schema, model, catalog, {})


@dataclass(frozen=True, slots=True)
class Rows:
    """Of a read model: those that held, with `since` and `until`; those that hold, with `since`."""

    held: list[Row]
    holding: list[Row]

    def take(
        self, model: ReadModel, of: Catalog, steps: Sequence[Step], *, holding: bool = True
    ) -> None:
        """Those of one product's steps, each of which ends with the next; the last one may hold."""
        for step, following in pairwise(steps):
            ended = step.product.since, following.product.since
            self.held.extend((*row, *ended) for row in model.rows(of, step.product))
        if steps and holding:
            now = steps[-1].product
            self.holding.extend((*row, now.since) for row in model.rows(of, now))


async def erase(
    connection: Connection, schema: str, catalog: str, products: Sequence[UUID]
) -> None:
    """Remove whatever the tables hold of these products."""
    for table in READ_TABLES:
        query = _DELETE_PRODUCTS.format(table=f"{schema}.{table.name}")
        await connection.execute(query, catalog, products)


async def _close(
    connection: Connection,
    schema: str,
    model: ReadModel,
    catalog: str,
    closing: Mapping[UUID, datetime],
) -> None:
    """Move the rows of these products to the past, each until its moment."""
    query = _CLOSE_PRODUCTS.format(
        table=f"{schema}.{model.table.name}",
        past=f"{schema}.{model.past.name}",
        columns=", ".join(written(model.table)),
    )
    await connection.execute(query, catalog, list(closing), list(closing.values()))


async def _insert(connection: Connection, schema: str, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        await connection.copy_records_to_table(
            table.name, schema_name=schema, columns=written(table), records=rows
        )


def written(table: Table) -> list[str]:
    """The columns that get values: those that PostgreSQL computes or knows get none."""
    own = (each for each in table.columns if each.computed is None and each.server_default is None)
    return [column.name for column in own]
