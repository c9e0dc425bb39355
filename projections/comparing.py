"""Whether two generations are equal, row by row, at one position of each catalog."""

import asyncio
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, statement
from events.walk import moment
from projections.errors import Difference, NeverEqualPositions
from projections.generations import schema_of
from projections.meeting import Built, met

PAUSE_SECONDS = 0.1

_COMPARE = statement(__package__, "sql/compare.sql")
_COUNT_PARKED = statement(__package__, "sql/count_newly_parked.sql")
_READ_COMMON_COLUMNS = statement(__package__, "sql/read_common_columns.sql")


async def compare_all(
    engine: AsyncEngine, built: Built, live: int, patience_seconds: float
) -> list[Difference]:
    """Every catalog, at a position where both stand; empty where all is equal.

    Raises `NeverEqualPositions` where the live generation does not come to where the built one is.
    """
    differences: list[Difference] = []
    deadline = monotonic() + patience_seconds
    waiting = list(built.leases)
    while waiting:
        for catalog in list(waiting):
            async with met(engine, built, catalog, live) as connection:
                if connection:
                    differences += await compare(
                        engine, connection, catalog, live=live, built=built.generation
                    )
                    waiting.remove(catalog)
        if waiting and monotonic() > deadline:
            raise NeverEqualPositions(catalogs=waiting)
        await asyncio.sleep(PAUSE_SECONDS if waiting else 0)
    return differences


async def compare(
    engine: AsyncEngine, seeing: Connection, catalog: str, *, live: int, built: int
) -> list[Difference]:
    """By a digest a row, in the columns that both have; empty where all is equal.

    The connection has to see both at one position; its snapshot is shared with one for each table.
    Products that stand still in either are left out, but one that does so only in the built
    generation is a difference.
    """
    snapshot = await seeing.fetchval("select pg_export_snapshot()")
    tables = await seeing.fetch(_READ_COMMON_COLUMNS, schema_of(live), schema_of(built))

    async def compared(table: str, columns: str) -> Difference:
        query = _COMPARE.format(
            live=f"{schema_of(live)}.{table}", built=f"{schema_of(built)}.{table}", columns=columns
        )
        async with moment(engine) as connection:
            await connection.execute(f"set transaction snapshot '{snapshot}'")
            (row,) = await connection.fetch(query, catalog, live, built)
        return Difference(catalog, table, *row)

    found = await asyncio.gather(*(compared(*each) for each in tables))
    (row,) = await seeing.fetch(_COUNT_PARKED, catalog, live, built)
    return [each for each in (*found, Difference(catalog, "parked", *row)) if each.products]
