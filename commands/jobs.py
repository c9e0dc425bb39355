"""Jobs: what is asked of the workers because it takes longer than a request may.

PostgreSQL keeps them; `commands/job_hints.py` only wakes a worker, which looks for itself as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from asyncpg import Record
from uuid_utils.compat import uuid7

from commands.errors import RebuildRunning
from events.database import Connection, statement

type JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]

_COLUMNS = statement(__package__, "sql/job_columns.sql")
_REQUEST = statement(__package__, "sql/request_job.sql").format(columns=_COLUMNS)
_FIND = statement(__package__, "sql/find_job.sql").format(columns=_COLUMNS)
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

    Raises `RebuildRunning`; its `job_id` is None when that rebuild has ended this very moment.
    """
    text = msgspec.json.encode(arguments).decode()
    asked = (uuid7(), kind, catalog, actor, correlation_id, text, code)
    row = await connection.fetchrow(_REQUEST, *asked)
    if row is None:
        raise RebuildRunning(job_id=await connection.fetchval(_FIND_REBUILD, code))
    return _job(row)


async def find(connection: Connection, job_id: UUID) -> Job | None:
    row = await connection.fetchrow(_FIND, job_id)
    return None if row is None else _job(row)


def _job(row: Record) -> Job:
    decoded = {name: msgspec.json.decode(row[name]) for name in ("arguments", "details")}
    return Job(**{**row, **decoded})
