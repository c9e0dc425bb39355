"""Spans in the form that travels: `traceparent` of W3C Trace Context, in its version 00."""

from collections.abc import Sequence

from opentelemetry.trace import (
    Link,
    Span,
    SpanContext,
    TraceFlags,
    format_span_id,
    format_trace_id,
)

from events.database import Connection, statement
from events.tracing import is_sampled

_READ = statement(__package__, "sql/read_traceparents.sql")


def traceparent(span: Span) -> str | None:
    """None unless it is sampled: who reads it would look for a trace that is not kept."""
    if not is_sampled(span):
        return None
    context = span.get_span_context()
    trace, parent = format_trace_id(context.trace_id), format_span_id(context.span_id)
    return f"00-{trace}-{parent}-{context.trace_flags:02x}"


def link(traceparent: str) -> Link:
    """To the span that the log names."""
    _, trace, parent, flags = traceparent.split("-")
    context = SpanContext(
        int(trace, 16), int(parent, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16))
    )
    return Link(context)


async def read_links(
    connection: Connection, catalog: str, *, after: int, upto: int, limit: int
) -> Sequence[Link]:
    """To what appended the events between two positions, as far as it was sampled."""
    rows = await connection.fetch(_READ, catalog, after, upto, limit)
    return [link(row["traceparent"]) for row in rows]
