"""The worker's continuous part: it follows every catalog's log and applies what is new."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from time import perf_counter

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from events.errors import DatabaseUnavailable
from projections.leases import Lease, LeaseLost, acquire, release
from projections.projector import Batch, Progress, project, read_progress, retry
from projections.publish import Publisher
from workers import metrics
from workers.announcing import Announcing
from workers.retries import Retries

log = structlog.get_logger(__name__)

TURN_SECONDS = 0.5
"""How long one catalog may keep the others waiting."""
REST_SECONDS = 5.0
"""How long a catalog is left alone after a failure that is not of one of its streams."""


class Projecting:
    """Applies every catalog's log under leases; other workers take over what it lets go."""

    def __init__(
        self,
        engine: AsyncEngine,
        publisher: Publisher,
        *,
        holder: str,
        lease_seconds: float,
        poll_seconds: float,
        batch_limit: int,
    ) -> None:
        self._engine = engine
        self._announcing = Announcing(publisher)
        self._holder = holder
        self._lease_duration = timedelta(seconds=lease_seconds)
        self._poll_seconds = poll_seconds
        self._batch_limit = batch_limit
        self._leases: dict[str, Lease] = {}
        self._retries = Retries()
        self._resting_until: dict[str, float] = {}
        self._woken = asyncio.Event()
        self._stopping = False
        self.healthy = False

    def wake(self, _catalog: str = "") -> None:
        self._woken.set()

    def stop(self) -> None:
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Until `stop`; a batch that has begun is finished first."""
        while not self._stopping:
            self._woken.clear()
            await self._pass_guarded()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), self._poll_seconds)
        await self._release_all()

    async def _pass_guarded(self) -> None:
        try:
            await self._pass()
            self.healthy = True
        except DatabaseUnavailable as error:
            self.healthy = False
            self._leases.clear()
            metrics.FAILURES.labels("database").inc()
            metrics.LAG_EVENTS.clear()
            metrics.LAG_SECONDS.clear()
            metrics.PARKED_STREAMS.clear()
            log.warning("database_unavailable", error=repr(error.__cause__))

    async def _pass(self) -> None:
        async with driver(self._engine) as connection:
            progress = await read_progress(connection)
        for each in progress:
            metrics.LAG_EVENTS.labels(each.catalog).set(each.lag_events)
            metrics.LAG_SECONDS.labels(each.catalog).set(each.lag_seconds)
            metrics.PARKED_STREAMS.labels(each.catalog).set(each.parked)
        for each in progress:
            wanted = each.lag_events or self._retries.due(each)
            if wanted and not self._stopping and not self._rests(each.catalog):
                await self._catch_up_guarded(each)
        # Of what somebody else is applying they tell themselves: a checkpoint that was just
        # committed but not yet published would look like a missed step.
        await self._announcing.remind(
            [each for each in progress if not each.lag_events or each.catalog in self._leases]
        )

    def _rests(self, catalog: str) -> bool:
        return perf_counter() < self._resting_until.get(catalog, 0.0)

    async def _catch_up_guarded(self, progress: Progress) -> None:
        """A catalog that can't go on does not keep the others waiting."""
        try:
            await self._catch_up(progress)
        except DatabaseUnavailable:
            raise
        except LeaseLost:
            self._leases.pop(progress.catalog, None)
            log.info("lease_lost", catalog=progress.catalog)
        except Exception:
            metrics.FAILURES.labels("catalog").inc()
            self._resting_until[progress.catalog] = perf_counter() + REST_SECONDS
            log.exception("projection_failed", catalog=progress.catalog)

    async def _catch_up(self, progress: Progress) -> None:
        async with driver(self._engine) as connection:
            lease = await self._hold(connection, progress)
            if lease is None:
                return
            checkpoint = progress.checkpoint
            ending = perf_counter() + TURN_SECONDS
            while perf_counter() < ending and not self._stopping:
                if await self._retried(connection, lease, checkpoint):
                    continue
                batch = await self._apply(connection, lease, checkpoint)
                if not batch.events:
                    return
                checkpoint = batch.after
        self.wake()

    async def _hold(self, connection: Connection, progress: Progress) -> Lease | None:
        lease = self._leases.get(progress.catalog)
        if lease is None or lease.generation != progress.generation:
            lease = await acquire(
                connection,
                progress.catalog,
                progress.generation,
                self._holder,
                self._lease_duration,
            )
            if lease is not None:
                await self._retries.look(connection, lease)
                self._leases[progress.catalog] = lease
        return lease

    async def _retried(self, connection: Connection, lease: Lease, checkpoint: int) -> bool:
        """Whether there was a parked stream to try again."""
        parked = self._retries.following(lease)
        if parked is None:
            return False
        batch = await retry(connection, lease, checkpoint, parked)
        self._retries.tried(lease, parked)
        await self._announcing.retried(lease.catalog, batch)
        return True

    async def _apply(self, connection: Connection, lease: Lease, checkpoint: int) -> Batch:
        began = perf_counter()
        batch = await project(connection, lease, checkpoint, self._batch_limit)
        if batch.events:
            metrics.BATCH_SECONDS.observe(perf_counter() - began)
            for fault in batch.faults:
                self._retries.tried(lease, fault.event.stream_id)
            await self._announcing.applied(lease.catalog, batch)
        return batch

    async def _release_all(self) -> None:
        try:
            async with driver(self._engine) as connection:
                for lease in self._leases.values():
                    await release(connection, lease)
        except DatabaseUnavailable as error:
            log.warning("release_failed", error=repr(error.__cause__))
