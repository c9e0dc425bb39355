"""Whether two generations are equal, row by row, at one position of a catalog."""

from collections.abc import Sequence
from dataclasses import dataclass

from events.database import Connection, statement
from projections.generations import schema_of

_COMPARE = statement(__package__, "sql/compare.sql")
_COUNT_PARKED = statement(__package__, "sql/count_newly_parked.sql")
_READ_COMMON_COLUMNS = statement(__package__, "sql/read_common_columns.sql")


@dataclass(frozen=True, slots=True)
class Difference:
    """Of a table: its rows in both generations, and the products whose rows are not the same."""

    catalog: str
    table: str
    live_rows: int
    built_rows: int
    products: int
    examples: Sequence[str]
    """Some of those products."""


async def compare(
    connection: Connection, catalog: str, *, live: int, built: int
) -> list[Difference]:
    """By a digest a row, in the columns that both have; empty where all is equal.

    The connection has to see both at one position. Products that stand still in either are left
    out, but one that does so only in the built generation is a difference.
    """
    found = []
    for table, columns in await connection.fetch(
        _READ_COMMON_COLUMNS, schema_of(live), schema_of(built)
    ):
        query = _COMPARE.format(
            live=f"{schema_of(live)}.{table}", built=f"{schema_of(built)}.{table}", columns=columns
        )
        (row,) = await connection.fetch(query, catalog, live, built)
        found.append(Difference(catalog, table, *row))
    (row,) = await connection.fetch(_COUNT_PARKED, catalog, live, built)
    found.append(Difference(catalog, "parked", *row))
    return [each for each in found if each.products]
