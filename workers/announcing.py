"""What follows a commit of the projector: Redis hears of it, and logs and metrics tell of it."""

from collections.abc import Sequence
from time import perf_counter

import structlog
from redis.exceptions import RedisError

from projections.parking import Fault
from projections.projector import Batch, Progress
from projections.publish import Publisher
from workers import metrics

REMIND_SECONDS = 1.0
CORRELATION_IDS_SHOWN = 20

log = structlog.get_logger(__name__)


class Announcing:
    """Redis may be away at any time: what it missed it is told with the next step, or reminded."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._reminded_at = 0.0

    async def applied(self, catalog: str, batch: Batch) -> None:
        metrics.EVENTS.labels(catalog).inc(len(batch.events))
        log.info("projected", catalog=catalog, **_summary(batch))
        await self._follow(catalog, batch)

    async def retried(self, catalog: str, batch: Batch) -> None:
        """A parked stream was folded again: it goes on, or it is parked as before."""
        if not batch.faults:
            log.info("stream_unparked", catalog=catalog, **_summary(batch))
        await self._follow(catalog, batch)

    async def _follow(self, catalog: str, batch: Batch) -> None:
        for fault in batch.faults:
            metrics.FAILURES.labels("event").inc()
            log.error("stream_parked", catalog=catalog, **_described(fault))
        try:
            await self._publisher.publish(catalog, batch)
        except (RedisError, OSError) as error:
            metrics.FAILURES.labels("redis").inc()
            log.warning("publish_failed", catalog=catalog, error=repr(error))

    async def remind(self, known: Sequence[Progress]) -> None:
        """Redis may have been emptied, or away when it should have heard: tell it again."""
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
