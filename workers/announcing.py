"""What follows a commit of the projector: Redis hears of it, and logs and metrics tell of it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from time import perf_counter, time

import structlog
from redis.exceptions import RedisError

from events.circuit import REDIS_SECONDS, Away, Circuit
from projections.folding import Fault
from projections.interventions import Intervention, Outcome
from projections.projector import Batch, Progress
from projections.publish import Publisher
from workers import metrics

REMIND_SECONDS = 1.0
REST_SECONDS = 3.0
"""How long Redis is left alone after it failed or was slow: it would hold up the projector."""
CORRELATION_IDS_SHOWN = 20

log = structlog.get_logger(__name__)


class Announcing:
    """Redis may be away at any time: what it missed it is told with the next step, or reminded."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._reminded_at = 0.0
        self._circuit = Circuit(
            "redis",
            faults=(RedisError, OSError),
            deadline_seconds=REDIS_SECONDS,
            rest_seconds=REST_SECONDS,
        )
        self.clock_ahead = 0.0
        """By how many seconds the database's clock is ahead of this machine's."""

    async def applied(self, known: Progress, batch: Batch) -> None:
        metrics.EVENTS.labels(known.catalog).inc(len(batch.events))
        log.info("projected", catalog=known.catalog, **_summary(batch))
        await self._follow(known, batch)
        for recorded_at in {event.recorded_at for event in batch.events}:
            metrics.VISIBLE_SECONDS.observe(self.seconds_since(recorded_at))

    def seconds_since(self, recorded_at: datetime) -> float:
        """By the database's clock."""
        return max(0.0, time() + self.clock_ahead - recorded_at.timestamp())

    async def retried(self, known: Progress, batch: Batch) -> None:
        """A parked stream was folded again: it goes on, or it is parked as before."""
        if not batch.faults:
            log.info("stream_unparked", catalog=known.catalog, **_summary(batch))
        await self._follow(known, batch)

    async def intervened(
        self, known: Progress, batch: Batch, wanted: Intervention, outcome: Outcome
    ) -> None:
        log.info(
            "intervened",
            catalog=known.catalog,
            product_id=str(wanted.product_id),
            action=wanted.action,
            actor=wanted.actor,
            correlation_id=wanted.correlation_id,
            outcome=outcome,
        )
        await self._follow(known, batch)

    async def _follow(self, known: Progress, batch: Batch) -> None:
        for fault in batch.faults:
            metrics.FAILURES.labels("event").inc()
            log.error("stream_parked", catalog=known.catalog, **_described(fault))

        async def publish() -> None:
            await self._publisher.publish(known.catalog, known.switched, batch)

        await self._tell(publish, "publish_failed", known.catalog)

    async def remind(self, known: Sequence[Progress]) -> None:
        """Redis may have been emptied, or away when it should have heard: tell it again."""
        now = perf_counter()
        if now - self._reminded_at < REMIND_SECONDS:
            return
        self._reminded_at = now
        for each in known:

            async def announce(each: Progress = each) -> None:
                at = each.checkpoint
                await self._publisher.announce(each.catalog, each.switched, at, at)

            await self._tell(announce, "announce_failed", each.catalog)

    async def _tell(self, tell: Callable[[], Awaitable[None]], failed: str, catalog: str) -> None:
        try:
            async with self._circuit.asked():
                await tell()
        except Away as away:
            if away.__cause__:  # else it is left alone
                metrics.FAILURES.labels("redis").inc()
                log.warning(failed, catalog=catalog, error=repr(away.__cause__))


def _summary(batch: Batch) -> dict[str, object]:
    """What a batch brought, and which requests it came from."""
    correlation_ids = dict.fromkeys(each.correlation_id for each in batch.events)
    return {
        "position": batch.after,
        "events": len(batch.events),
        "correlation_ids": list(correlation_ids)[:CORRELATION_IDS_SHOWN],
    }


def _described(fault: Fault) -> dict[str, object]:
    event = fault.event
    return {
        "product_id": str(event.stream_id),
        "position": event.position,
        "type": event.type,
        "schema_version": event.schema_version,
        "reason": fault.reason,
        "correlation_id": event.correlation_id,
    }
