"""When rows of the read tables held, in business time: each in [since, until).

A table has the rows that hold still; those that held before are in its past, a table of the same
columns and indexes. Together they are the table as it was at any moment.
"""

from typing import Any

from sqlalchemy import Column, Computed, DateTime, Index, MetaData, Table

SINCE, UNTIL = "since", "until"


def since(*, primary_key: bool = False) -> Column[Any]:
    """The last column of every read table."""
    return Column(SINCE, DateTime(timezone=True), nullable=False, primary_key=primary_key)


def past_of(table: Table) -> Table:
    return Table(
        f"past_{table.name}",
        MetaData(schema=table.schema),
        *(copied(each) for each in table.columns if each.name != SINCE),
        since(primary_key=True),
        Column(UNTIL, DateTime(timezone=True), nullable=False),
        *(_index(each) for each in sorted(table.indexes, key=lambda each: str(each.name))),
    )


def copied(column: Column[Any], *, keyed: bool = True) -> Column[Any]:
    computed = column.computed
    how = () if computed is None else (Computed(computed.sqltext, persisted=True),)
    return Column(
        column.name,
        column.type,
        *how,
        nullable=column.nullable,
        primary_key=keyed and column.primary_key,
    )


def _index(index: Index) -> Index:
    """None is unique any more."""
    options = {
        f"postgresql_{name}": value for name, value in index.dialect_options["postgresql"].items()
    }
    if options.get("postgresql_include"):
        options["postgresql_include"] = [*options["postgresql_include"], UNTIL]
    return Index(f"past_{index.name}", *(each.name for each in index.columns), **options)
