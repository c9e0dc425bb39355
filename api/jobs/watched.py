"""The jobs that somebody follows at the moment: read in one statement for all who do."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy.ext.asyncio import AsyncEngine

from api.streaming.standstill import FAILURES
from commands import jobs
from commands.jobs import Job
from events.database import driver

LOOK_SECONDS = 0.5


class Watched:
    """A job as it was found last."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._changed = asyncio.Event()

    def found(self, job: Job) -> None:
        """That a worker still has it is nothing new."""
        if replace(job, updated_at=self.job.updated_at) != self.job:
            self.job = job
            self._changed.set()
            self._changed = asyncio.Event()

    async def changes(self, within: float) -> None:
        """Or the seconds are over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._changed.wait()


class WatchedJobs:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._watched: WeakValueDictionary[UUID, Watched] = WeakValueDictionary()

    def of(self, job: Job) -> Watched:
        """Looked after for as long as anybody has it."""
        return self._watched.setdefault(job.id, Watched(job))

    async def run(self) -> None:
        """Until cancelled, across outages of PostgreSQL."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._watched:
                with suppress(*FAILURES):
                    await self._look()

    async def _look(self) -> None:
        async with driver(self._engine) as connection:
            found = await jobs.find_all(connection, [*self._watched])
        for job in found:
            if watched := self._watched.get(job.id):
                watched.found(job)
