"""A generation is one build of all read tables, in a schema of its own behind the `read` views."""

from sqlalchemy import Connection, MetaData, insert, select, text
from sqlalchemy.schema import CreateSchema

import projections.read_models  # noqa: F401 -- each file adds its tables to the metadata
from projections.tables import READ_SCHEMA, Generation, read_tables

LIVE = "live"
FIRST = 1


def schema_of(generation: int) -> str:
    return f"{READ_SCHEMA}_{generation}"


def ensure_live(connection: Connection) -> None:
    """Make the first generation of read tables where there is none."""
    if connection.scalar(select(Generation.generation).where(Generation.state == LIVE)) is None:
        build(connection, FIRST)
        connection.execute(insert(Generation).values(generation=FIRST, state=LIVE))
        show(connection, FIRST)


def build(connection: Connection, generation: int) -> None:
    schema = schema_of(generation)
    connection.execute(CreateSchema(schema))
    _of(schema).create_all(connection, checkfirst=False)
    connection.execute(text(f"grant usage on schema {schema} to catalog_projection"))
    connection.execute(
        text(
            f"grant select, insert, update, delete on all tables in schema {schema}"
            " to catalog_projection"
        )
    )


def _of(schema: str) -> MetaData:
    tables = MetaData()
    for table in read_tables.tables.values():
        table.to_metadata(tables, schema=schema)
    return tables


def show(connection: Connection, generation: int) -> None:
    """Let the `read` views stand for the tables of this generation."""
    connection.execute(CreateSchema(READ_SCHEMA, if_not_exists=True))
    for table in read_tables.tables.values():
        connection.execute(
            text(
                f"create or replace view {READ_SCHEMA}.{table.name} as"  # noqa: S608 -- our names
                f" select * from {schema_of(generation)}.{table.name}"
            )
        )
    readers = "catalog_command, catalog_query"
    connection.execute(text(f"grant usage on schema {READ_SCHEMA} to {readers}"))
    connection.execute(text(f"grant select on all tables in schema {READ_SCHEMA} to {readers}"))
