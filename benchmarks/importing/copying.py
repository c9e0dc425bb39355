"""The best that the machine could do with the rows of a feed."""

from collections.abc import Iterable

from benchmarks.material.copying import copied
from events.database import Connection


async def copied_as_json(connection: Connection, lines: Iterable[bytes]) -> float:
    """Seconds, as `copied`."""
    await connection.execute("create table feed (row json)")
    await connection.copy_records_to_table("feed", records=((line.decode(),) for line in lines))
    seconds = await copied(connection, "feed")
    await connection.execute("drop table feed")
    return seconds
