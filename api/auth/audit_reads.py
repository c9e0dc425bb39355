"""The record of who has read what of the audit part: one entry a read, and pages of them."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Record
from sqlalchemy.ext.asyncio import AsyncEngine

from api.measuring.metrics import AUDIT_READS
from events.database import driver, pool_state, statement
from queries.cursor import Cursors
from queries.turns import Turns

_BRIEFLY = statement(__package__, "sql/record_briefly.sql")
_RECORD = statement(__package__, "sql/record_audit_read.sql")
_LIST = statement(__package__, "sql/list_audit_reads.sql")
_LIST_OF_ACTOR = statement(__package__, "sql/list_audit_reads_of_actor.sql")


@dataclass(frozen=True, slots=True)
class AuditRead:
    catalog: str
    actor: str
    operation: str
    path: str
    query: str
    correlation_id: str
    client: str | None
    following: int | None = None
    """The position behind which a stream of events begins; None for all that is no stream."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """None is all. `since` is inclusive, `until` is not."""

    catalog: str
    since: datetime | None
    until: datetime | None
    actor: str | None


class Cursor(msgspec.Struct, frozen=True):
    recorded_at: datetime
    read_id: UUID


class AuditReads:
    """A third of the pool's connections at a time: whatever becomes of it, others have the rest."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._turns = Turns(pool_state(engine).limit // 3)

    async def record(self, read: AuditRead) -> None:
        """Committed when this returns. Raises DatabaseUnavailable, TooManyQueries."""
        async with (
            self._turns.taken(),
            driver(self._engine) as connection,
            connection.transaction(),
        ):
            await connection.execute(_BRIEFLY)
            await connection.execute(_RECORD, *astuple(read))
        AUDIT_READS.labels(read.operation).inc()

    async def page(
        self, cursors: Cursors, wanted: Wanted, *, limit: int, cursor: str | None
    ) -> tuple[Sequence[Record], str | None]:
        """The newest first, and the cursor of those that follow.

        Raises InvalidCursor, DatabaseUnavailable, TooManyQueries.
        """
        of = ("audit_reads", *astuple(wanted))
        last = cursors.open(cursor, Cursor, of=of) if cursor else None
        found = await self._found(wanted, last, limit + 1)
        page = found[:limit]
        if len(found) <= limit:
            return page, None
        return page, cursors.seal(Cursor(page[-1]["recorded_at"], page[-1]["read_id"]), of=of)

    async def _found(self, wanted: Wanted, last: Cursor | None, limit: int) -> Sequence[Record]:
        place = (last.recorded_at, last.read_id) if last else (None, None)
        asked = (wanted.catalog, wanted.since, wanted.until, *place, limit)
        async with self._turns.taken(), driver(self._engine) as connection:
            if wanted.actor is None:
                return await connection.fetch(_LIST, *asked)
            return await connection.fetch(_LIST_OF_ACTOR, *asked, wanted.actor)
