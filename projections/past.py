"""When rows of the read tables held, in business time: each in [since, until).

A table has the rows that hold still, with no end; those that held before are in its past, a table
that inherits from it. Who reads it with its heirs reads whatever held at any time, and the planner
has statistics of both together; all others read ONLY it.
"""

from typing import Any

from sqlalchemy import Column, Computed, DateTime, Index, MetaData, Table

SINCE, UNTIL = "since", "until"
PAST, EVER = "past_", "ever_"
"""Begin the names of a table's past, and of the view of both."""


def period() -> tuple[Column[Any], Column[Any]]:
    """The last columns of every read table."""
    moment = DateTime(timezone=True)
    return (
        Column(SINCE, moment, nullable=False),
        Column(UNTIL, moment, nullable=False, server_default="infinity"),
    )


def past_of(table: Table) -> Table:
    """With its columns and indexes, of which none is unique."""
    columns = [copied(each, default=False) for each in table.columns]
    for each in columns:
        each.primary_key = each.primary_key or each.name == SINCE
    indexes = sorted(table.indexes, key=lambda each: str(each.name))
    made = MetaData(schema=table.schema)
    return Table(f"{PAST}{table.name}", made, *columns, *map(_index, indexes))


def heir_of(table: Table, schema: str) -> str:
    """The statement that makes its past, which has its columns."""
    return f"create table {schema}.{PAST}{table.name} () inherits ({schema}.{table.name})"


def copied(column: Column[Any], *, keyed: bool = True, default: bool = True) -> Column[Any]:
    computed = column.computed
    how = () if computed is None else (Computed(computed.sqltext, persisted=True),)
    return Column(
        column.name,
        column.type,
        *how,
        nullable=column.nullable,
        primary_key=keyed and column.primary_key,
        server_default=column.server_default if default and computed is None else None,
    )


def _index(index: Index) -> Index:
    options = {
        f"postgresql_{name}": value for name, value in index.dialect_options["postgresql"].items()
    }
    return Index(f"{PAST}{index.name}", *(each.name for each in index.columns), **options)
