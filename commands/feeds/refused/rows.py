"""The rows that imports could not take, as PostgreSQL keeps them."""

from dataclasses import dataclass
from uuid import UUID

import msgspec
from asyncpg import Record

from commands.faults import Fault
from commands.feeds.report import Failure
from commands.feeds.rows import Form
from events.database import Connection, statement

_FIND_RUN = statement(__package__, "sql/find_run.sql")
_READ = statement(__package__, "sql/read_failures.sql")

_faults = msgspec.json.Decoder(list[Fault])


@dataclass(frozen=True, slots=True)
class RunOfFeed:
    """In which format the feed came; the columns are those of CSV."""

    form: Form
    columns: list[str]


async def find_run(connection: Connection, run_id: UUID) -> RunOfFeed | None:
    row = await connection.fetchrow(_FIND_RUN, run_id)
    return None if row is None else RunOfFeed(row["form"], row["columns"])


async def read_failures(
    connection: Connection, run_id: UUID, *, after: int = 0, limit: int = 500
) -> list[Failure]:
    """Those beyond the line `after`, in the order of their lines."""
    return [_failure(row) for row in await connection.fetch(_READ, run_id, after, limit)]


def _failure(row: Record) -> Failure:
    return Failure(row["line"], row["sku"], _faults.decode(row["faults"]), row["text"])
