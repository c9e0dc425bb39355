"""The worker's continuous part: it follows every catalog's log and applies what is new."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from time import perf_counter

import structlog
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from events.errors import DatabaseUnavailable
from projections.leases import Lease, LeaseLost, acquire, release
from projections.projector import Batch, Inapplicable, Progress, project, read_progress
from projections.publish import Publisher
from workers import metrics

log = structlog.get_logger(__name__)

REMIND_SECONDS = 1.0
TURN_SECONDS = 0.5
"""How long one catalog may keep the others waiting."""
REST_SECONDS = 5.0
"""How long a catalog is left alone after an event that could not be applied."""
CORRELATION_IDS_SHOWN = 20


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
        self._publisher = publisher
        self._holder = holder
        self._lease_duration = timedelta(seconds=lease_seconds)
        self._poll_seconds = poll_seconds
        self._batch_limit = batch_limit
        self._leases: dict[str, Lease] = {}
        self._resting_until: dict[str, float] = {}
        self._woken = asyncio.Event()
        self._stopping = False
        self._reminded_at = 0.0
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
            log.warning("database_unavailable", error=repr(error.__cause__))

    async def _pass(self) -> None:
        async with driver(self._engine) as connection:
            progress = await read_progress(connection)
        for each in progress:
            metrics.LAG_EVENTS.labels(each.catalog).set(each.lag_events)
            metrics.LAG_SECONDS.labels(each.catalog).set(each.lag_seconds)
        for each in progress:
            if each.lag_events and not self._stopping and not self._rests(each.catalog):
                await self._catch_up_guarded(each)
        await self._remind(
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
        except Exception as error:
            metrics.FAILURES.labels("event").inc()
            self._resting_until[progress.catalog] = perf_counter() + REST_SECONDS
            log.exception("projection_failed", catalog=progress.catalog, **_place(error))

    async def _catch_up(self, progress: Progress) -> None:
        async with driver(self._engine) as connection:
            lease = await self._hold(connection, progress)
            if lease is None:
                return
            checkpoint = progress.checkpoint
            ending = perf_counter() + TURN_SECONDS
            while perf_counter() < ending:
                batch = await self._apply(connection, lease, checkpoint)
                if not batch.events or self._stopping:
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
                self._leases[progress.catalog] = lease
        return lease

    async def _apply(self, connection: Connection, lease: Lease, checkpoint: int) -> Batch:
        began = perf_counter()
        batch = await project(connection, lease, checkpoint, self._batch_limit)
        if batch.events:
            metrics.BATCH_SECONDS.observe(perf_counter() - began)
            metrics.EVENTS.labels(lease.catalog).inc(len(batch.events))
            log.info("projected", catalog=lease.catalog, **_summary(batch))
            await self._publish(lease.catalog, batch)
        return batch

    async def _publish(self, catalog: str, batch: Batch) -> None:
        try:
            await self._publisher.publish(catalog, batch)
        except (RedisError, OSError) as error:
            metrics.FAILURES.labels("redis").inc()
            log.warning("publish_failed", catalog=catalog, error=repr(error))

    async def _remind(self, known: list[Progress]) -> None:
        """Redis may have been emptied, or away when it should have heard: tell it again.

        Of what somebody else is applying they tell themselves: a checkpoint that was just
        committed but not yet published would look like a missed step.
        """
        now = perf_counter()
        if now - self._reminded_at < REMIND_SECONDS:
            return
        self._reminded_at = now
        try:
            for each in known:
                await self._publisher.announce(each.catalog, each.checkpoint, each.checkpoint)
        except (RedisError, OSError) as error:
            metrics.FAILURES.labels("redis").inc()
            log.warning("announce_failed", error=repr(error))

    async def _release_all(self) -> None:
        try:
            async with driver(self._engine) as connection:
                for lease in self._leases.values():
                    await release(connection, lease)
        except DatabaseUnavailable as error:
            log.warning("release_failed", error=repr(error.__cause__))


def _summary(batch: Batch) -> dict[str, object]:
    """What a batch brought, and which requests it came from."""
    correlation_ids = dict.fromkeys(each.correlation_id for each in batch.events)
    return {
        "position": batch.after,
        "events": len(batch.events),
        "correlation_ids": list(correlation_ids)[:CORRELATION_IDS_SHOWN],
    }


def _place(error: Exception) -> dict[str, object]:
    if not isinstance(error, Inapplicable):
        return {}
    event = error.recorded
    return {
        "position": event.position,
        "product_id": str(event.stream_id),
        "correlation_id": event.correlation_id,
    }
