"""The best that the machine could do with the rows of a table."""

from statistics import median
from tempfile import TemporaryFile
from time import perf_counter
from typing import BinaryIO

from events.database import Connection

COPIES = 5


async def copied(connection: Connection, table: str, schema: str = "public") -> float:
    """Seconds of one COPY into a table without an index, in one transaction, nothing checked.

    The rows are ready in a file. The median of COPIES, since one is over too soon to tell.
    """
    await connection.execute(f"create table copied (like {schema}.{table})")
    with TemporaryFile() as file:
        await connection.copy_from_table(table, schema_name=schema, output=file, format="binary")
        seconds = [await _copied(connection, file) for _ in range(COPIES)]
    await connection.execute("drop table copied")
    return median(seconds)


async def _copied(connection: Connection, file: BinaryIO) -> float:
    file.seek(0)
    await connection.execute("truncate copied")
    began = perf_counter()
    await connection.copy_to_table("copied", source=file, format="binary")
    return perf_counter() - began
