"""What a process tells of its work in spans, by OpenTelemetry's API; nothing while nobody asks.

Spans are begun by hand at the few places that say where time goes.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Literal

from opentelemetry.context import Context
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    NoOpTracer,
    Span,
    SpanKind,
    Tracer,
    get_current_span,
)
from opentelemetry.util.types import AttributeValue

type Attributes = dict[str, AttributeValue]
type Step = AbstractContextManager[Span]

LINKS = 100
"""The most that one span has: of more the first ones."""

_NOT_TRACED = nullcontext(INVALID_SPAN)


class Tracing:
    """Off until `by` a tracer."""

    def __init__(self) -> None:
        self.is_on = False
        self._tracer: Tracer = NoOpTracer()

    @contextmanager
    def by(self, tracer: Tracer) -> Iterator[None]:
        before = self.is_on, self._tracer
        self.is_on, self._tracer = True, tracer
        try:
            yield
        finally:
            self.is_on, self._tracer = before

    def begun(self, name: str, kind: SpanKind, attributes: Attributes, context: Context) -> Span:
        """A span that is not the current one, for who ends it; its parent is that of `context`."""
        return self._tracer.start_span(name, context, kind, attributes)

    def step(
        self, name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None
    ) -> Step:
        """A part of what is under way here, if that is traced."""
        if not self.is_on or not is_sampled(get_current_span()):
            return _NOT_TRACED
        return self._tracer.start_as_current_span(name, kind=kind, attributes=attributes)

    def asking(self, name: str, system: Literal["postgresql", "redis"]) -> Step:
        """The same where it waits for another system."""
        return self.step(name, SpanKind.CLIENT, {"db.system.name": system})

    def work(
        self,
        name: str,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Attributes | None = None,
        links: Sequence[Link] = (),
    ) -> Step:
        """What belongs to nobody's request, or to many: those it is linked to."""
        if not self.is_on:
            return _NOT_TRACED
        return self._tracer.start_as_current_span(name, Context(), kind, attributes, links[:LINKS])


tracing = Tracing()
"""Of this process."""


def is_sampled(span: Span) -> bool:
    return span.get_span_context().trace_flags.sampled
