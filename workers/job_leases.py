"""A job belongs to one worker at a time: a lease with an epoch that fences all it writes of it.

Who is killed loses the job when the lease runs out, and another worker begins it again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

import msgspec

from commands.jobs import Job, find
from events.database import Connection, statement
from projections.code import code_digest

type Details = Mapping[str, object]
type Unfinished = Literal["interrupted", "postponed"]
"""How an attempt ends after which the job is begun again; one that was postponed does not count."""

_CLAIM = statement(__package__, "sql/claim_job.sql")
_RENEW = statement(__package__, "sql/renew_job.sql")
_RELEASE = statement(__package__, "sql/release_job.sql")
_POSTPONE = statement(__package__, "sql/postpone_job.sql")
_FINISH = statement(__package__, "sql/finish_job.sql")
_END_CANCELLED = statement(__package__, "sql/end_cancelled_jobs.sql")


class JobLost(Exception):  # noqa: N818 -- it says what happened
    """The job is no longer this worker's: its lease has run out."""


@dataclass(frozen=True, slots=True)
class JobLease:
    job: Job
    holder: str
    epoch: int
    attempt: int
    duration: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    state: Literal["succeeded", "failed", "cancelled"]
    progress: float
    details: Details
    problem: str | None = None
    is_refused: bool = False
    """What was asked for can't be: nothing is wrong with the service."""


async def claim_next(
    connection: Connection, kinds: Collection[str], holder: str, duration: timedelta
) -> JobLease | None:
    """The oldest job of these kinds that nobody works on, or whose worker has gone silent.

    Imports come last, since there may be many. A rebuild was asked for by the same code: other code
    would make something else of it.
    """
    row = await connection.fetchrow(_CLAIM, list(kinds), holder, duration, code_digest())
    if row is None:
        return None
    job = await find(connection, row["job_id"])
    return JobLease(job, holder, row["epoch"], row["attempts"], duration) if job else None


async def renew(connection: Connection, lease: JobLease, progress: float, details: Details) -> bool:
    """Keep the job, and tell how far it has come: whether it is to end. Raises `JobLost`."""
    text = msgspec.json.encode(details).decode()
    told = (lease.duration, progress, text)
    cancelling: bool | None = await connection.fetchval(_RENEW, *_key(lease), *told)
    if cancelling is None:
        raise JobLost
    return cancelling


async def release(connection: Connection, lease: JobLease) -> None:
    """Let another worker begin the job again at once; this attempt does not count."""
    _held(await connection.fetchval(_RELEASE, *_key(lease)))


async def postpone(connection: Connection, lease: JobLease, delay: timedelta) -> None:
    """Let any worker begin the job again after a while; this attempt does not count."""
    _held(await connection.fetchval(_POSTPONE, *_key(lease), delay))


async def finish(connection: Connection, lease: JobLease, outcome: Outcome) -> None:
    """Raises `JobLost`."""
    text = msgspec.json.encode(outcome.details).decode()
    told = (outcome.state, outcome.progress, text, outcome.problem)
    _held(await connection.fetchval(_FINISH, *_key(lease), *told))


async def end_cancelled(connection: Connection) -> list[Job]:
    """Those that nobody works on, of whatever kind."""
    ended = [
        await find(connection, each["job_id"]) for each in await connection.fetch(_END_CANCELLED)
    ]
    return [job for job in ended if job]


def _key(lease: JobLease) -> tuple[UUID, int]:
    return lease.job.id, lease.epoch


def _held(job_id: UUID | None) -> None:
    if job_id is None:
        raise JobLost
