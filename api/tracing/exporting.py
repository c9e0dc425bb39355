"""Where the spans of a process go: over OTLP/HTTP, as the standard `OTEL_*` variables say.

A collector that is away costs requests nothing: spans wait in a bounded queue of a thread's own,
and are lost when it is full.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from api.tracing.sampling import ByLinks
from api.tracing.seldom import Seldom
from events.tracing import tracing

FLUSH_SECONDS = 3.0
"""The longest that the end of a process is held up by its last spans."""


@asynccontextmanager
async def exported(service: str) -> AsyncIterator[None]:
    """All spans of the block, of the service of that name unless the environment has another."""
    chatter = logging.getLogger("opentelemetry")
    chatter.handlers, chatter.propagate = [Seldom()], False
    exporter = OTLPSpanExporter()
    provider = TracerProvider(resource=_resource(service), shutdown_on_exit=False)
    provider.sampler = ByLinks(provider.sampler)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        with tracing.by(provider.get_tracer("catalog")):
            yield
    finally:
        await asyncio.to_thread(_flush, provider, exporter)


def _resource(service: str) -> Resource:
    named = Resource({SERVICE_NAME: service}).merge(OTELResourceDetector().detect())
    return Resource.create(named.attributes)


def _flush(provider: TracerProvider, exporter: OTLPSpanExporter) -> None:
    """In a thread that nobody has to wait for: a collector may hang."""
    ending = Thread(target=provider.shutdown, daemon=True)
    ending.start()
    ending.join(FLUSH_SECONDS)
    if ending.is_alive():
        exporter.shutdown()  # type: ignore[no-untyped-call]
