"""Runs jobs one after the other, beside whatever else the worker does.

It looks for them when it is woken, and every few seconds anyway.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from itertools import product
from time import perf_counter

import structlog
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.contextvars import bound_contextvars

from events.database import driver
from events.errors import DatabaseUnavailable
from events.tracing import tracing
from workers import metrics
from workers.job_attempt import MOST_ATTEMPTS, Attempt, Run, given_up
from workers.job_leases import JobLease, JobLost, Outcome, claim_next, finish, release
from workers.rebuilding import run_rebuild

RUNS: Mapping[str, Run] = {"rebuild": run_rebuild}
"""What runs a job, by its kind."""
INTERRUPTED = "interrupted"
"""What metrics and logs call an attempt that came to no end; the job is begun again."""

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
    ) -> None:
        self._engine = engine
        self._redis = redis
        self._runs = runs
        self._holder = holder
        self._lease_duration = timedelta(seconds=lease_seconds)
        self._poll_seconds = poll_seconds
        self._attempt: Attempt | None = None
        self._woken = asyncio.Event()
        self._stopping = False
        for kind, state in product(runs, ("succeeded", "failed", INTERRUPTED)):
            metrics.JOBS.labels(kind, state)
            metrics.JOB_SECONDS.labels(kind)

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        """A job that runs is let go, for another worker to begin again."""
        self._stopping = True
        self._woken.set()
        if self._attempt is not None:
            self._attempt.let_go()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping:
            self._woken.clear()
            try:
                await self._run_queued()
            except DatabaseUnavailable as error:
                log.warning("jobs_postponed", error=repr(error.__cause__))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._poll_seconds)

    async def _run_queued(self) -> None:
        while not self._stopping and (lease := await self._claim()):
            job = lease.job
            with (
                bound_contextvars(
                    job_id=str(job.id),
                    kind=job.kind,
                    actor=job.actor,
                    correlation_id=job.correlation_id,
                ),
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
            state = INTERRUPTED
        seconds = perf_counter() - began
        metrics.JOBS.labels(lease.job.kind, state).inc()
        metrics.JOB_SECONDS.labels(lease.job.kind).observe(seconds)
        log.info("job_finished", state=state, seconds=round(seconds, 3))

    async def _outcome(self, lease: JobLease) -> Outcome | None:
        if lease.attempt > MOST_ATTEMPTS:
            return given_up(lease)
        run = self._runs[lease.job.kind]
        self._attempt = Attempt(self._engine, self._redis, lease, run)
        if self._stopping:
            self._attempt.let_go()
        return await self._attempt.ended()

    async def _settle(self, lease: JobLease, outcome: Outcome | None) -> str:
        """The job's lease runs out by itself where this worker does not end. Raises `JobLost`."""
        async with driver(self._engine) as connection:
            if outcome is not None:
                await finish(connection, lease, outcome)
                return outcome.state
            if self._stopping:
                await release(connection, lease)
        return INTERRUPTED
