"""Reading the log: one stream, many streams, or all of a catalog in the order of its positions."""

from collections.abc import AsyncIterator, Iterable, Mapping
from uuid import UUID

from events.database import Connection, statement
from events.recorded import Fact, Recorded, fact, reading, recorded

FACTS_AT_ONCE = 500
"""Some milliseconds of folding: then others have their turn."""

_READ_FACTS = reading("sql/read_facts.sql")
_READ_STREAM = reading("sql/read_stream.sql")
_READ_STREAMS = reading("sql/read_streams.sql")
_READ_LOG = reading("sql/read_log.sql")
_READ_VERSION = statement(__package__, "sql/read_version.sql")
_READ_HEADS = statement(__package__, "sql/read_heads.sql")
_FIND_CLAIMS = statement(__package__, "sql/find_claims.sql")


async def read_stream(
    connection: Connection, catalog: str, stream: UUID, *, after: int = 0, limit: int | None = None
) -> list[Recorded]:
    """The events of one stream beyond the version `after`, oldest first."""
    rows = await connection.fetch(_READ_STREAM, catalog, stream, after, limit)
    return [recorded(row) for row in rows]


async def read_version(connection: Connection, catalog: str, stream: UUID) -> int:
    """The newest of the stream; 0 when it has no events."""
    version: int = await connection.fetchval(_READ_VERSION, catalog, stream)
    return version


async def read_facts(
    connection: Connection, catalog: str, stream: UUID, upto: int
) -> AsyncIterator[list[Fact]]:
    """What a fold needs of the events of one stream up to the version `upto`, oldest first.

    No transaction has to be open: the beginning of a stream does not change.
    """
    after = 0
    while after < upto:
        rows = await connection.fetch(_READ_FACTS, catalog, stream, after, upto, FACTS_AT_ONCE)
        yield [fact(row) for row in rows]
        after = rows[-1]["version"] if len(rows) == FACTS_AT_ONCE else upto


async def read_streams(
    connection: Connection, catalog: str, after: Mapping[UUID, int]
) -> dict[UUID, list[Recorded]]:
    """The events of each stream beyond the version that is given for it, oldest first."""
    found: dict[UUID, list[Recorded]] = {stream: [] for stream in after}
    rows = await connection.fetch(_READ_STREAMS, catalog, list(after), list(after.values()))
    for row in rows:
        found[row["stream_id"]].append(recorded(row))
    return found


async def read_log(
    connection: Connection, catalog: str, *, after: int, limit: int
) -> list[Recorded]:
    """The events at the positions after `after`.

    Complete up to its last one: positions become visible in their order, without gaps.
    """
    rows = await connection.fetch(_READ_LOG, catalog, after, limit)
    return [recorded(row) for row in rows]


async def read_heads(connection: Connection) -> dict[str, int]:
    """The last position of each catalog; 0 for an empty one."""
    rows = await connection.fetch(_READ_HEADS)
    return {row["catalog_id"]: row["head"] for row in rows}


async def find_claims(
    connection: Connection, catalog: str, kind: str, values: Iterable[str]
) -> dict[str, UUID]:
    """The streams that hold these claims, by value."""
    rows = await connection.fetch(_FIND_CLAIMS, catalog, kind, list(values))
    return {row["value"]: row["stream_id"] for row in rows}
