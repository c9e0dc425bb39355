"""The worker's spans: jobs have one each, batches those that somebody's trace leads to."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.tracing import LINKS, tracing
from tests.appends import appended, asked
from tests.asked_jobs import KIND, Stocktaking, comes_to, runner
from tests.asked_jobs import asked as job_asked
from tests.projectors import caught_up, running


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    with tracing.by(provider.get_tracer("tests")):
        yield exporter


async def test_a_job_is_a_span(engine: AsyncEngine, spans: InMemorySpanExporter) -> None:
    stocktaking = Stocktaking()
    stocktaking.may_end()
    job = await job_asked(engine)

    async with runner(engine, {KIND: stocktaking}):
        await comes_to(engine, job, "succeeded")

    [span] = spans.get_finished_spans()
    assert (span.name, span.attributes) == (f"job {KIND}", {"catalog.job.id": str(job.id)})


async def test_a_batch_is_linked_to_the_first_of_many_traces(
    engine: AsyncEngine, redis_url: str, spans: InMemorySpanExporter
) -> None:
    many = [f"00-{'a' * 32}-{span:016x}-01" for span in range(1, LINKS + 21)]
    await appended(engine, *(replace(asked(), traceparent=each) for each in many))

    async with Redis.from_url(redis_url) as redis, running(engine, redis, most=500):
        await caught_up(engine, len(many))

    [batch] = spans.get_finished_spans()
    assert (batch.name, batch.kind) == ("project main", SpanKind.CONSUMER)
    assert [each.context.span_id for each in batch.links] == list(range(1, LINKS + 1))


async def test_a_batch_that_nobody_traced_has_none(
    engine: AsyncEngine, redis_url: str, spans: InMemorySpanExporter
) -> None:
    await appended(engine, asked(), asked())

    async with Redis.from_url(redis_url) as redis, running(engine, redis, most=500):
        await caught_up(engine, 2)

    assert spans.get_finished_spans() == ()
