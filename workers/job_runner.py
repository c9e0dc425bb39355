"""Runs jobs one after the other, beside whatever else the worker does.

It looks for them when it is woken, and every few seconds anyway. Those that were cancelled before
they began it ends at once, whatever runs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import product
from time import perf_counter

import structlog
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.contextvars import bound_contextvars

from commands.jobs import Job
from events.database import driver
from events.errors import DatabaseUnavailable
from events.tracing import tracing
from workers import metrics
from workers.job_attempt import MOST_ATTEMPTS, Attempt, Run, given_up
from workers.job_leases import (
    JobLease,
    JobLost,
    Outcome,
    Unfinished,
    claim_next,
    end_cancelled,
    finish,
    postpone,
    release,
)
from workers.polling import Polling
from workers.waiting_jobs import measure_waiting

POSTPONED = timedelta(seconds=5)
"""After which a job is begun that could not be as yet."""
STATES = ("succeeded", "failed", "refused", "cancelled", "interrupted", "postponed")
"""What metrics and logs call the ends of attempts: after the last two the job is begun again."""

log = structlog.get_logger(__name__)


class JobRunner:
    def __init__(
        self,
        engine: AsyncEngine,
        redis: Redis,
        runs: Mapping[str, Run],
        *,
        holder: str,
        lease_seconds: float,
        poll_seconds: float,
        ended: Callable[[AsyncEngine, Job], Awaitable[None]] | None = None,
    ) -> None:
        """`ended` is told of each job after its end is committed."""
        self._engine = engine
        self._redis = redis
        self._runs = runs
        self._holder = holder
        self._lease_duration = timedelta(seconds=lease_seconds)
        self._ended = ended
        self._attempt: Attempt | None = None
        self._running = Polling(poll_seconds)
        self._cancelling = Polling(poll_seconds)
        for kind, state in product(runs, STATES):
            metrics.JOBS.labels(kind, state)
            metrics.JOB_SECONDS.labels(kind)

    def wake(self) -> None:
        self._running.wake()
        self._cancelling.wake()

    def stop(self) -> None:
        """A job that runs is let go, for another worker to begin again."""
        self._running.stop()
        self._cancelling.stop()
        if self._attempt is not None:
            self._attempt.let_go()

    async def run(self) -> None:
        """Until `stop`."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_turns(self._running, self._run_queued))
            group.create_task(_turns(self._cancelling, self._end_cancelled))

    async def _run_queued(self) -> None:
        while not self._running.stopping and (lease := await self._claim()):
            job = lease.job
            with (
                bound_contextvars(**_told(job)),
                tracing.work(f"job {job.kind}", attributes={"catalog.job.id": str(job.id)}),
            ):
                await self._run(lease)

    async def _claim(self) -> JobLease | None:
        async with driver(self._engine) as connection:
            return await claim_next(
                connection, self._runs.keys(), self._holder, self._lease_duration
            )

    async def _run(self, lease: JobLease) -> None:
        began = perf_counter()
        log.info("job_started", attempt=lease.attempt)
        try:
            state = await self._settle(lease, await self._outcome(lease))
        except JobLost:
            state = "interrupted"
        seconds = perf_counter() - began
        metrics.JOBS.labels(lease.job.kind, state).inc()
        metrics.JOB_SECONDS.labels(lease.job.kind).observe(seconds)
        log.info("job_finished", state=state, seconds=round(seconds, 3))

    async def _outcome(self, lease: JobLease) -> Outcome | Unfinished:
        if lease.attempt > MOST_ATTEMPTS:
            return given_up(lease)
        run = self._runs[lease.job.kind]
        self._attempt = Attempt(self._engine, self._redis, lease, run)
        if self._running.stopping:
            self._attempt.let_go()
        return await self._attempt.ended()

    async def _settle(self, lease: JobLease, outcome: Outcome | Unfinished) -> str:
        """The job's lease runs out by itself where this worker does not end. Raises `JobLost`."""
        async with driver(self._engine) as connection:
            match outcome:
                case Outcome():
                    await finish(connection, lease, outcome)
                case "postponed":
                    await postpone(connection, lease, POSTPONED)
                case "interrupted":
                    if self._running.stopping:
                        await release(connection, lease)
        if not isinstance(outcome, Outcome):
            return outcome
        await self._put_away(replace(lease.job, state=outcome.state, problem=outcome.problem))
        return "refused" if outcome.is_refused else outcome.state

    async def _put_away(self, job: Job) -> None:
        """Other jobs wait: what can't be put away of this one is left to what cleans up."""
        if self._ended is None:
            return
        try:
            await self._ended(self._engine, job)
        except Exception:
            log.exception("job_not_put_away")

    async def _end_cancelled(self) -> None:
        async with driver(self._engine) as connection:
            ended = await end_cancelled(connection)
            await measure_waiting(connection, self._runs)
        for job in ended:
            await self._put_away(job)
            metrics.JOBS.labels(job.kind, job.state).inc()
            log.info("job_finished", state=job.state, **_told(job))


async def _turns(polling: Polling, work: Callable[[], Awaitable[None]]) -> None:
    async for _ in polling.turns():
        try:
            await work()
        except DatabaseUnavailable as error:
            log.warning("jobs_postponed", error=repr(error.__cause__))


def _told(job: Job) -> dict[str, str]:
    """What each line of a job has."""
    return {
        "job_id": str(job.id),
        "kind": job.kind,
        "actor": job.actor,
        "correlation_id": job.correlation_id,
    }
