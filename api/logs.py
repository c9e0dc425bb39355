"""Logs as JSON lines on standard output, with the correlation id of what caused them."""

import logging
import sys
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from json import JSONEncoder

import structlog
from opentelemetry.trace import format_span_id, format_trace_id, get_current_span
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

from events.tracing import tracing

REQUEST_ID: ContextVar[str] = ContextVar("request_id")
"""Of the request that is being answered."""

_encode = JSONEncoder(default=repr).encode


def _with_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if request_id := REQUEST_ID.get(""):
        event.setdefault("request_id", request_id)
    return event


def _with_span(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    context = get_current_span().get_span_context() if tracing.is_on else None
    if context and context.is_valid:
        event["trace_id"] = format_trace_id(context.trace_id)
        event["span_id"] = format_span_id(context.span_id)
    return event


def _as_json(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return _encode(event)


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    _with_request_id,
    _with_span,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
]


@dataclass(frozen=True, slots=True)
class _StandardOutput:
    """Writes what structlog has rendered: by the standard library a line costs three times as much.

    What standard output does not take goes to standard error: no request fails for its line.
    """

    name: str

    def _write(self, line: str) -> None:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            with suppress(OSError):
                stream.write(f"{line}\n")
                stream.flush()
                return

    debug = info = warning = error = critical = _write


def configure(level: str) -> None:
    """Both structlog's and the standard library's loggers write the same lines."""
    structlog.configure(
        processors=[*SHARED, _as_json],
        logger_factory=_StandardOutput,
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _as_json],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.getLogger("arq").setLevel(logging.WARNING)
