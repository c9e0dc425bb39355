"""The record of who has read what of the audit part: one entry a read, and pages of them."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Record
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver, statement
from queries.cursor import Cursors

_RECORD = statement(__package__, "sql/record_audit_read.sql")
_LIST = statement(__package__, "sql/list_audit_reads.sql")


@dataclass(frozen=True, slots=True)
class AuditRead:
    catalog: str
    actor: str
    operation: str
    path: str
    query: str
    correlation_id: str
    client: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """None is all. `since` is inclusive, `until` is not."""

    catalog: str
    actor: str | None
    operation: str | None
    since: datetime | None
    until: datetime | None


class Cursor(msgspec.Struct, frozen=True):
    recorded_at: datetime
    read_id: UUID


async def record(engine: AsyncEngine, read: AuditRead) -> None:
    """Committed when this returns. Raises DatabaseUnavailable."""
    async with driver(engine) as connection:
        await connection.execute(_RECORD, *astuple(read))


async def read_page(
    engine: AsyncEngine, cursors: Cursors, wanted: Wanted, *, limit: int, cursor: str | None
) -> tuple[Sequence[Record], str | None]:
    """The newest first, and the cursor of those that follow.

    Raises InvalidCursor, DatabaseUnavailable.
    """
    of = ("audit_reads", *astuple(wanted))
    last = cursors.open(cursor, Cursor, of=of) if cursor else None
    place = (last.recorded_at, last.read_id) if last else (None, None)
    async with driver(engine) as connection:
        found = await connection.fetch(_LIST, *astuple(wanted), *place, limit + 1)
    page = found[:limit]
    if len(found) <= limit:
        return page, None
    return page, cursors.seal(Cursor(page[-1]["recorded_at"], page[-1]["read_id"]), of=of)
