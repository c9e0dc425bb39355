"""One attempt at a job: its work, and its lease that is kept meanwhile, until either ends."""

import asyncio
from asyncio import Task
from collections.abc import Callable, Coroutine
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import structlog
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.refusals import problem_type
from commands.errors import EmptyFeed, ImportRunning, TooManyErrors, UnreadableFeed
from commands.feeds.run import INTERRUPTIONS
from events.errors import Explained, Refused
from workers.job_leases import Details, JobLease, Outcome, Unfinished
from workers.job_report import Latest, Report, keep

type Run = Callable[[AsyncEngine, Redis, JobLease, Report], Coroutine[Any, Any, Details]]
"""Does what a kind of job is for: its last details. May be cancelled anywhere, and begun again."""

MOST_ATTEMPTS = 3
UNFIT_FEED = (EmptyFeed, TooManyErrors, UnreadableFeed)
"""What is for its sender to mend, and for nobody who runs the service."""
PROBLEM_LENGTH = 500

log = structlog.get_logger(__name__)


class Attempt:
    def __init__(self, engine: AsyncEngine, redis: Redis, lease: JobLease, run: Run) -> None:
        self._latest = Latest(lease.job)
        self._is_cancelled = False
        self._work: Task[Details] = asyncio.create_task(
            run(engine, redis, lease, self._latest.report)
        )
        self._keeping = asyncio.create_task(keep(engine, lease, self._latest))
        self._keeping.add_done_callback(self._unkept)

    def let_go(self) -> None:
        self._work.cancel()

    async def ended(self) -> Outcome | Unfinished:
        try:
            await asyncio.wait({self._work})
        finally:
            self._work.cancel()
            self._keeping.cancel()
            await asyncio.wait({self._work, self._keeping})
        if self._work.cancelled():
            return self._broken_off()
        match self._work.exception():
            case None:
                return Outcome(state="succeeded", progress=1.0, details=self._work.result())
            case error if self._work.cancelling() or isinstance(error, INTERRUPTIONS):
                log.warning("job_interrupted", error=repr(error.__cause__ or error))
                return self._broken_off()
            case ImportRunning() as error:
                log.info("job_postponed", **error.members)
                return "postponed"
            case Explained() as error:
                return self._refused(error)
            case error:
                log.error("job_failed", exc_info=error)
                return self._failed(repr(error))

    def _unkept(self, keeping: Task[None]) -> None:
        """Nobody may work on what is cancelled, or what somebody else may have begun."""
        if not keeping.cancelled():
            if error := keeping.exception():
                log.warning("job_not_kept", error=repr(error))
            self._is_cancelled = error is None
        self._work.cancel()

    def _broken_off(self) -> Outcome | Unfinished:
        if not self._is_cancelled:
            return "interrupted"
        progress, details = self._latest.progress, self._latest.details
        return Outcome(state="cancelled", progress=progress, details=details)

    def _refused(self, error: Explained) -> Outcome:
        """A program tells by the type of the problem, where that has one, what is to be mended."""
        members = dict(error.members)
        if isinstance(error, Refused):
            members["problem_type"] = problem_type(type(error))
        if isinstance(error, UNFIT_FEED):
            log.info("job_refused", **members)
        else:
            log.error("job_failed", exc_info=error)
        return replace(self._failed(str(error), members), is_refused=isinstance(error, UNFIT_FEED))

    def _failed(self, problem: str, members: Details = MappingProxyType({})) -> Outcome:
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
