"""Jobs that somebody asked for, and a kind of job that a test holds in its hands."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from commands import jobs
from commands.jobs import Job
from events.database import driver
from events.nudge import connect
from projections.code import code_digest
from tests.eventually import eventually
from workers.job_attempt import Run
from workers.job_leases import Details, JobLease, claim_next
from workers.job_report import Report
from workers.job_runner import JobRunner

KIND = "stocktaking"
LEASE = timedelta(seconds=30)
NO_REDIS = "redis://127.0.0.1:1"


async def asked(
    engine: AsyncEngine,
    kind: str = KIND,
    catalog: str = "main",
    code: bytes | None = None,
    **arguments: object,
) -> Job:
    """By this code, if by no other."""
    async with driver(engine) as connection:
        return await jobs.request(
            connection,
            kind,
            catalog,
            arguments,
            code=code or code_digest(),
            actor="ann",
            correlation_id="r-1",
        )


async def found(engine: AsyncEngine, job_id: UUID) -> Job:
    async with driver(engine) as connection:
        job = await jobs.find(connection, job_id)
    assert job
    return job


async def comes_to(engine: AsyncEngine, job: Job, state: str) -> Job:
    async def is_there() -> bool:
        return (await found(engine, job.id)).state == state

    await eventually(is_there)
    return await found(engine, job.id)


async def held(engine: AsyncEngine, job: Job) -> dict[str, Any]:
    """Whose the job is, and for how long."""
    async with driver(engine) as connection:
        row = await connection.fetchrow(
            "select epoch, attempts, holder, held_until from jobs.jobs where job_id = $1", job.id
        )
    assert row
    return dict(row)


async def claimed(
    engine: AsyncEngine, holder: str = "other", duration: timedelta = LEASE, kind: str = KIND
) -> JobLease | None:
    """By a worker that does nothing more."""
    async with driver(engine) as connection:
        return await claim_next(connection, [kind], holder, duration)


class Stocktaking:
    """A kind of job that begins, reports, and then waits to be let on."""

    def __init__(self) -> None:
        self.leases: list[JobLease] = []
        self.running = 0
        self.cancelled = 0
        self.report: Report = _nobody_listens
        self._may_end = asyncio.Event()

    async def __call__(
        self, _engine: AsyncEngine, _redis: Redis, lease: JobLease, report: Report
    ) -> Details:
        self.leases.append(lease)
        self.running += 1
        self.report = report
        try:
            await self._may_end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.running -= 1
        return {"counted": 3}

    def may_end(self) -> None:
        self._may_end.set()

    async def begins(self, times: int = 1) -> None:
        async def has_begun() -> bool:
            return len(self.leases) >= times

        await eventually(has_begun)

    async def is_cancelled(self) -> None:
        async def has_ended() -> bool:
            return self.cancelled > 0

        await eventually(has_ended)


def _nobody_listens(_progress: float, _details: Details) -> None:
    raise AssertionError("it has not begun")


@asynccontextmanager
async def runner(
    engine: AsyncEngine,
    runs: Mapping[str, Run],
    *,
    holder: str = "tests",
    lease_seconds: float = 300,
    poll_seconds: float = 0.02,
    ended: Callable[[AsyncEngine, Job], Awaitable[None]] | None = None,
) -> AsyncIterator[JobRunner]:
    async with connect(NO_REDIS) as redis:
        made = JobRunner(
            engine,
            redis,
            runs,
            holder=holder,
            lease_seconds=lease_seconds,
            poll_seconds=poll_seconds,
            ended=ended,
        )
        task = asyncio.create_task(made.run())
        try:
            yield made
        finally:
            made.stop()
            async with asyncio.timeout(60):
                await task
