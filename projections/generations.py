"""A generation is one build of all read tables, in a schema of its own behind the `read` views.

Schemas, tables and views belong to `catalog_projection`, the group of those who may rebuild.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import Index, MetaData, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from events.database import Connection, statement
from projections.code import code_digest
from projections.past import EVER, PAST, copied, heir_of
from projections.read_models import READ_MODELS, READ_TABLES
from projections.tables import READ_SCHEMA

FIRST = 1
READERS = "catalog_command, catalog_query"

_OWN = "set local role catalog_projection"
_OWN_SESSION = "set role catalog_projection"
_DISOWN = "reset role"
_CREATE = "select projections.create_generation($1)"
_FIND_LIVE = statement(__package__, "sql/find_live.sql")
_INSERT_LIVE = statement(__package__, "sql/insert_live.sql")
_READ_VIEWS = statement(__package__, "sql/read_views.sql")
_READ_TABLES = statement(__package__, "sql/read_tables.sql")


def schema_of(generation: int) -> str:
    return f"{READ_SCHEMA}_{generation}"


@asynccontextmanager
async def as_owner(connection: Connection) -> AsyncIterator[None]:
    """A transaction whose statements are those of the group that owns the read tables."""
    async with connection.transaction():
        await connection.execute(_OWN)
        yield
        await connection.execute(_DISOWN)


async def ensure_live(connection: Connection) -> None:
    """Make the first generation of read tables where there is none."""
    if await connection.fetchval(_FIND_LIVE) is not None:
        return
    await build(connection, FIRST)
    await index(connection, FIRST)
    await connection.execute(_INSERT_LIVE, FIRST, code_digest())
    await show(connection, FIRST)


async def build(connection: Connection, generation: int) -> None:
    """Make its schema and its tables, without keys and indexes: those are made when it is full."""
    schema = schema_of(generation)
    async with as_owner(connection):
        await connection.execute(_CREATE, generation)
        for model in READ_MODELS:
            await connection.execute(_ddl(CreateTable(_plain(model.table, schema))))
            await connection.execute(heir_of(model.table, schema))


def indexes(generation: int) -> list[str]:
    """The statements that make them, those of the keys included; what takes longest comes first."""
    made = []
    for each in READ_TABLES:
        table = each.to_metadata(MetaData(), schema=schema_of(generation))
        made += [*table.indexes, Index(f"{table.name}_pkey", *table.primary_key, unique=True)]
    made.sort(key=lambda each: (not each.dialect_options["postgresql"]["using"], str(each.name)))
    return [_ddl(CreateIndex(each)) for each in made]


async def index(connection: Connection, generation: int) -> None:
    """Make all its keys and indexes, one after the other."""
    for each in indexes(generation):
        await make_index(connection, each)
    await make_keys(connection, generation)


async def make_index(connection: Connection, statement: str) -> None:
    """One of `indexes`, while others may be made, be it of the same table."""
    async with as_owner(connection):
        await connection.execute(statement)


async def make_keys(connection: Connection, generation: int) -> None:
    """Out of the indexes that were made for them."""
    schema = schema_of(generation)
    async with as_owner(connection):
        for each in READ_TABLES:
            await connection.execute(
                f"alter table {schema}.{each.name} add primary key using index {each.name}_pkey"
            )


async def analyze(connection: Connection, generation: int, table: Table) -> None:
    """Let the planner know what is in a table, and scans of its indexes that all of it is seen.

    Outside of a transaction.
    """
    await connection.execute(_OWN_SESSION)
    try:
        await connection.execute(
            f"vacuum (analyze, index_cleanup off) {schema_of(generation)}.{table.name}"
        )
    finally:
        await connection.execute(_DISOWN)


async def show(connection: Connection, generation: int) -> None:
    """Let the `read` views stand for the tables of this generation, and for no others."""
    schema = schema_of(generation)
    async with as_owner(connection):
        for view in await _names(connection, _READ_VIEWS, READ_SCHEMA):
            await connection.execute(f"drop view {READ_SCHEMA}.{view}")
        tables = await _names(connection, _READ_TABLES, schema)
        for table in tables:
            await connection.execute(_view(table, f"only {schema}.{table}"))
            if f"{PAST}{table}" in tables:
                await connection.execute(_view(f"{EVER}{table}", f"{schema}.{table}"))
        await connection.execute(f"grant usage on schema {READ_SCHEMA} to {READERS}")
        await connection.execute(f"grant select on all tables in schema {READ_SCHEMA} to {READERS}")


def _view(name: str, source: str) -> str:
    return f"create view {READ_SCHEMA}.{name} as select * from {source}"  # noqa: S608 -- our names


async def drop(connection: Connection, generation: int) -> None:
    async with as_owner(connection):
        await connection.execute(f"drop schema if exists {schema_of(generation)} cascade")


async def _names(connection: Connection, query: str, schema: str) -> Sequence[str]:
    return [row[0] for row in await connection.fetch(query, schema)]


def _plain(table: Table, schema: str) -> Table:
    columns = [copied(each, keyed=False) for each in table.columns]
    return Table(table.name, MetaData(), *columns, schema=schema)


def _ddl(statement: CreateTable | CreateIndex) -> str:
    return str(statement.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
