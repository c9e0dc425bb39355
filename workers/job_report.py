"""What a job tells of itself while it runs, and that its lease is kept whether it does or not."""

import asyncio
from collections.abc import Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from commands.jobs import Job
from events.database import driver
from events.errors import DatabaseUnavailable
from workers.job_leases import Details, JobLease, JobLost, renew

BEAT_SECONDS = 0.5

type Report = Callable[[float, Details], None]
"""Called with the progress, from 0 to 1, and all that there is to tell; as often as one likes."""


class Latest:
    """The newest word of a job: what came before it is not told."""

    def __init__(self, job: Job) -> None:
        self.progress = job.progress
        self.details: Details = job.details

    def report(self, progress: float, details: Details) -> None:
        self.progress = min(1.0, max(0.0, progress))
        self.details = details


async def keep(engine: AsyncEngine, lease: JobLease, latest: Latest) -> None:
    """Renew the lease at every beat, until the job is cancelled.

    Raises `JobLost`: somebody else has the job, or PostgreSQL was away so long that they may.
    """
    clock, seconds = asyncio.get_running_loop().time, lease.duration.total_seconds()
    until = clock() + seconds
    while True:
        asked = clock()
        try:
            async with asyncio.timeout_at(until):
                is_cancelled = await _renewed(engine, lease, latest)
                if is_cancelled:
                    return
                if is_cancelled is not None:
                    until = asked + seconds
                await asyncio.sleep(BEAT_SECONDS)
        except TimeoutError:
            raise JobLost from None


async def _renewed(engine: AsyncEngine, lease: JobLease, latest: Latest) -> bool | None:
    """Whether the job is cancelled; None while PostgreSQL is away."""
    try:
        async with driver(engine) as connection:
            return await renew(connection, lease, latest.progress, latest.details)
    except DatabaseUnavailable:
        return None
