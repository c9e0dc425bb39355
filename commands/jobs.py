"""Jobs: what is asked of the workers because it takes longer than a request may.

PostgreSQL keeps them; `commands/job_hints.py` only wakes a worker, which looks for itself as well.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from asyncpg import Record
from uuid_utils.compat import uuid7

from commands.errors import ImportRunning, RebuildRunning, TooManyImports
from events.database import Connection, statement

MOST_IMPORTS = 50
"""Of a catalog, that wait or run."""

type JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]

_COLUMNS = statement(__package__, "sql/job_columns.sql")
_REQUEST = statement(__package__, "sql/request_job.sql").format(columns=_COLUMNS)
_FIND = statement(__package__, "sql/find_job.sql").format(columns=_COLUMNS)
_FIND_ALL = statement(__package__, "sql/find_jobs.sql").format(columns=_COLUMNS)
_LIST = statement(__package__, "sql/list_jobs.sql").format(columns=_COLUMNS)
_CANCEL = statement(__package__, "sql/cancel_job.sql").format(columns=_COLUMNS)
_FIND_IMPORT = statement(__package__, "sql/find_unfinished_import.sql")
_COUNT_IMPORTS = statement(__package__, "sql/count_unfinished_imports.sql")
_FIND_REBUILD = statement(__package__, "sql/find_unfinished_rebuild.sql")


@dataclass(frozen=True, slots=True)
class Job:
    """`progress` goes from 0 to 1; what `arguments` and `details` hold depends on the kind."""

    id: UUID
    kind: str
    catalog: str
    actor: str
    correlation_id: str
    arguments: Mapping[str, Any]
    state: JobState
    cancelling: bool
    """Whether somebody wants it to end; what has ended before is not cancelled."""
    progress: float
    details: Mapping[str, Any]
    problem: str | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None


async def request(
    connection: Connection,
    kind: str,
    catalog: str,
    arguments: Mapping[str, Any],
    *,
    code: bytes,
    actor: str,
    correlation_id: str,
) -> Job:
    """The new job, which waits for a worker whose code has that digest.

    Raises `TooManyImports`, and `RebuildRunning` and `ImportRunning`, whose `job_id` is None when
    that job has ended this very moment.
    """
    text = msgspec.json.encode(arguments).decode()
    asked = (uuid7(), kind, catalog, actor, correlation_id, text, code, MOST_IMPORTS)
    row = await connection.fetchrow(_REQUEST, *asked)
    if row is not None:
        return _job(row)
    if kind == "import":
        running = await connection.fetchval(_FIND_IMPORT, catalog, arguments["source"])
        if running is None:
            await refuse_too_many(connection, catalog)
        raise ImportRunning(job_id=running)
    raise RebuildRunning(job_id=await connection.fetchval(_FIND_REBUILD, code))


async def refuse_too_many(connection: Connection, catalog: str) -> None:
    """Raises `TooManyImports`."""
    if await connection.fetchval(_COUNT_IMPORTS, catalog) >= MOST_IMPORTS:
        raise TooManyImports(limit=MOST_IMPORTS)


async def cancel(connection: Connection, job_id: UUID) -> Job | None:
    """The job as it is then: it ends as soon as a worker sees that; one that has ended stays so."""
    row = await connection.fetchrow(_CANCEL, job_id)
    return await find(connection, job_id) if row is None else _job(row)


async def find(connection: Connection, job_id: UUID) -> Job | None:
    row = await connection.fetchrow(_FIND, job_id)
    return None if row is None else _job(row)


async def find_all(connection: Connection, job_ids: Collection[UUID]) -> list[Job]:
    """Those of them that there are."""
    return [_job(row) for row in await connection.fetch(_FIND_ALL, job_ids)]


async def find_newest(connection: Connection, catalog: str, kind: str, limit: int) -> list[Job]:
    return [_job(row) for row in await connection.fetch(_LIST, catalog, kind, limit)]


def _job(row: Record) -> Job:
    decoded = {name: msgspec.json.decode(row[name]) for name in ("arguments", "details")}
    return Job(**{**row, **decoded})
