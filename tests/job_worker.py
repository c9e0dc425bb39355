"""`catalog worker` with a kind of job that lasts until it is interrupted.

Its arguments are the seconds that a job is held, and those between two looks for one.
"""

import asyncio
import sys

import uvloop
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api import logs
from api.settings import Settings
from tests.asked_jobs import KIND
from workers import worker
from workers.job_leases import Details, JobLease
from workers.job_report import Report


async def last(_engine: AsyncEngine, _redis: Redis, lease: JobLease, report: Report) -> Details:
    """Of the first worker that holds it; the next one finds it done."""
    if lease.epoch == 1:
        report(0.5, {"counted": 2})
        await asyncio.Event().wait()
    return {"attempt": lease.attempt}


if __name__ == "__main__":
    worker.JOB_LEASE_SECONDS, worker.JOB_POLL_SECONDS = map(float, sys.argv[1:])
    logs.configure("info")
    uvloop.run(worker.work(Settings(), {KIND: last}))
