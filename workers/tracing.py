"""The projector's spans: one a batch, linked to what appended its events."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from opentelemetry.trace import SpanKind

from events.append_spans import messaging
from events.database import Connection
from events.traceparents import read_links
from events.tracing import LINKS, tracing
from projections.projector import Batch


@asynccontextmanager
async def traced(
    connection: Connection,
    catalog: str,
    batch: Batch,
    seconds_since: Callable[[datetime], float],
) -> AsyncIterator[None]:
    """Until readers see the batch, if any append of its events was sampled."""
    after, upto = batch.before, batch.after
    if not tracing.is_on or not (
        links := await read_links(connection, catalog, after=after, upto=upto, limit=LINKS)
    ):
        yield
        return
    attributes = messaging("project", "process", catalog, len(batch.events))
    with tracing.work(f"project {catalog}", SpanKind.CONSUMER, attributes, links) as span:
        yield
        oldest, newest = batch.events[0].recorded_at, batch.events[-1].recorded_at
        span.set_attribute("catalog.position", upto)
        span.set_attribute("catalog.visible_seconds.most", seconds_since(oldest))
        span.set_attribute("catalog.visible_seconds.least", seconds_since(newest))
