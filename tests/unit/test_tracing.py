"""What is traced, which of it is kept, and how little is said when it can't be."""

import logging

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, Sampler
from opentelemetry.trace import INVALID_SPAN, Tracer, get_current_span

from api.tracing.sampling import ByLinks
from api.tracing.seldom import Seldom
from events.traceparents import link, traceparent
from events.tracing import LINKS, Tracing

SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = SAMPLED[:-2] + "00"


def tracer(sampler: Sampler = ALWAYS_ON, exporter: InMemorySpanExporter | None = None) -> Tracer:
    provider = TracerProvider(ByLinks(sampler), shutdown_on_exit=False)
    if exporter:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider.get_tracer("tests")


def test_nothing_is_traced_that_nobody_asked_for() -> None:
    tracing = Tracing()

    with tracing.work("batch") as batch, tracing.step("read") as read:
        assert (batch, read, get_current_span()) == (INVALID_SPAN,) * 3


def test_a_step_belongs_to_what_is_under_way() -> None:
    tracing, exporter = Tracing(), InMemorySpanExporter()

    with tracing.by(tracer(exporter=exporter)):
        with tracing.step("of nothing") as nothing:
            pass
        with tracing.work("batch"), tracing.asking("read", "redis"):
            pass

    assert nothing is INVALID_SPAN
    read, batch = exporter.get_finished_spans()
    assert (read.name, read.attributes) == ("read", {"db.system.name": "redis"})
    assert read.parent == batch.context


def test_it_ends_with_the_one_who_wanted_it() -> None:
    tracing = Tracing()
    with tracing.by(tracer()):
        assert tracing.is_on

    with tracing.work("batch") as batch:
        assert batch is INVALID_SPAN


def test_links_are_bounded() -> None:
    tracing, exporter = Tracing(), InMemorySpanExporter()

    with tracing.by(tracer(exporter=exporter)), tracing.work("b", links=[link(SAMPLED)] * 500):
        pass

    [batch] = exporter.get_finished_spans()
    assert len(batch.links) == LINKS


@pytest.mark.parametrize(
    ("sampler", "linked", "kept"),
    [
        (ALWAYS_OFF, [SAMPLED, UNSAMPLED], True),
        (ALWAYS_OFF, [UNSAMPLED], False),
        (ALWAYS_OFF, [], False),
        (ALWAYS_ON, [UNSAMPLED], True),
    ],
)
def test_what_sampled_spans_led_to_is_kept(
    sampler: Sampler, linked: list[str], *, kept: bool
) -> None:
    links = [link(each) for each in linked]

    span = tracer(sampler).start_span("batch", Context(), links=links)

    assert span.is_recording() == kept
    assert bool(traceparent(span)) == kept


def test_a_span_is_found_again_by_what_travels() -> None:
    span = tracer().start_span("append", Context())
    travelling = traceparent(span)

    assert travelling
    context, found = span.get_span_context(), link(travelling).context
    assert (found.trace_id, found.span_id) == (context.trace_id, context.span_id)
    assert found.trace_flags.sampled
    assert found.is_remote


def complaint(line: int, attempt: int) -> logging.LogRecord:
    said = "no collector, attempt %d"
    return logging.LogRecord("library", logging.WARNING, "library.py", line, said, (attempt,), None)


def test_the_same_complaint_is_heard_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    seldom = Seldom()

    for attempt in range(100):
        seldom.handle(complaint(1, attempt))
    seldom.handle(complaint(2, 100))

    assert caplog.messages == ["no collector, attempt 0", "no collector, attempt 100"]


def test_it_is_heard_again_later(caplog: pytest.LogCaptureFixture) -> None:
    seldom = Seldom(seconds=0)

    for attempt in range(2):
        seldom.handle(complaint(1, attempt))

    assert len(caplog.messages) == 2
