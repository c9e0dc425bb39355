"""One attempt at a job: its work, and its lease that is kept meanwhile, until either ends."""

import asyncio
from asyncio import Task
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.errors import DatabaseUnavailable, Explained
from workers.job_leases import Details, JobLease, Outcome
from workers.job_report import Latest, Report, keep

type Run = Callable[[AsyncEngine, Redis, JobLease, Report], Coroutine[Any, Any, Details]]
"""Does what a kind of job is for: its last details. May be cancelled anywhere, and begun again."""

MOST_ATTEMPTS = 3
PROBLEM_LENGTH = 500

log = structlog.get_logger(__name__)


class Attempt:
    def __init__(self, engine: AsyncEngine, redis: Redis, lease: JobLease, run: Run) -> None:
        self._latest = Latest()
        self._work: Task[Details] = asyncio.create_task(
            run(engine, redis, lease, self._latest.report)
        )
        self._keeping = asyncio.create_task(keep(engine, lease, self._latest))
        self._keeping.add_done_callback(self._unkept)

    def let_go(self) -> None:
        self._work.cancel()

    async def ended(self) -> Outcome | None:
        """None: it was interrupted, and is to be begun again."""
        try:
            await asyncio.wait({self._work})
        finally:
            self._work.cancel()
            self._keeping.cancel()
            await asyncio.wait({self._work, self._keeping})
        if self._work.cancelled():
            return None
        match self._work.exception():
            case None:
                return Outcome(state="succeeded", progress=1.0, details=self._work.result())
            case error if self._work.cancelling() or isinstance(error, DatabaseUnavailable):
                log.warning("job_interrupted", error=repr(error.__cause__ or error))
                return None
            case Explained() as error:
                return self._failed(error, str(error), error.members)
            case error:
                return self._failed(error, repr(error), {})

    def _unkept(self, keeping: Task[None]) -> None:
        """Nobody may work on what somebody else may have begun."""
        if not keeping.cancelled():
            log.warning("job_not_kept", error=repr(keeping.exception()))
        self._work.cancel()

    def _failed(self, error: BaseException, problem: str, members: Details) -> Outcome:
        log.error("job_failed", exc_info=error)
        return Outcome(
            state="failed",
            progress=self._latest.progress,
            details={**self._latest.details, **members},
            problem=problem[:PROBLEM_LENGTH],
        )


def given_up(lease: JobLease) -> Outcome:
    """For a job that ends its workers, or that no worker lives long enough for."""
    problem = f"It was begun {MOST_ATTEMPTS} times, and never came to an end."
    log.error("job_failed", problem=problem)
    return Outcome(
        state="failed",
        progress=lease.job.progress,
        details=lease.job.details,
        problem=problem,
    )
