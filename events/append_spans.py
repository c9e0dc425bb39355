"""The spans of a write to the log, as OpenTelemetry's conventions for messaging have them.

Each append has a span in its request's trace, which its events remember. A commit serves many: it
is a span of its own, linked to theirs and they to it.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from opentelemetry.trace import Link, Span, SpanKind

from events.append import Append
from events.traceparents import traceparent
from events.tracing import Attributes, is_sampled, tracing


def messaging(operation: str, kind: str, catalog: str, events: int) -> Attributes:
    """The attributes of what is done to so many events of a log."""
    return {
        "messaging.system": "catalog",
        "messaging.operation.name": operation,
        "messaging.operation.type": kind,
        "messaging.destination.name": catalog,
        "messaging.batch.message_count": events,
    }


def appending(catalog: str, asked: Append) -> AbstractContextManager[Span]:
    """From the queue to the outcome."""
    attributes = messaging("append", "create", catalog, len(asked.events))
    return tracing.step(f"append {catalog}", SpanKind.PRODUCER, attributes)


def remembering(asked: Append, span: Span) -> Append:
    """The append whose events tell of the span, if it is sampled."""
    return replace(asked, traceparent=traceparent(span)) if is_sampled(span) else asked


@contextmanager
def committing(catalog: str, appends: Sequence[Append], spans: Sequence[Span]) -> Iterator[None]:
    """The round trip of a batch, if any of its appends is sampled."""
    sampled = [span for span in spans if is_sampled(span)] if tracing.is_on else []
    if not sampled:
        yield
        return
    links = [Link(span.get_span_context()) for span in sampled]
    events = sum(len(each.events) for each in appends)
    attributes = messaging("commit", "send", catalog, events)
    with tracing.work(f"commit {catalog}", SpanKind.CLIENT, attributes, links) as commit:
        for span in sampled:
            span.add_event("taken")
            span.add_link(commit.get_span_context())
        yield
