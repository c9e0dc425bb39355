"""Logs as JSON lines on standard output, with the correlation id of what caused them."""

import logging
import sys
from contextvars import ContextVar

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, Processor, WrappedLogger

REQUEST_ID: ContextVar[str] = ContextVar("request_id")
"""Of the request that is being answered."""


def _with_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    if request_id := REQUEST_ID.get(""):
        event.setdefault("request_id", request_id)
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    _with_request_id,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
]


def configure(level: str) -> None:
    """Both structlog's and the standard library's loggers write the same lines."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.getLogger("arq").setLevel(logging.WARNING)
