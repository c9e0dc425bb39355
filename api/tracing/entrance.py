"""A server span for each request, as OpenTelemetry's conventions for HTTP have it. Pure ASGI."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPMethod, HTTPStatus

from opentelemetry.context import Context
from opentelemetry.propagators.textmap import Getter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from events.tracing import Attributes, tracing

_UNTRACED = re.compile("/health(/.*)?|/metrics")
"""What machines ask all day."""
_METHODS = frozenset(HTTPMethod)


class _Headers(Getter[Sequence[tuple[bytes, bytes]]]):
    """As ASGI has them. A header that comes twice is one with a comma (RFC 9110, 5.3)."""

    def get(self, carrier: Sequence[tuple[bytes, bytes]], key: str) -> list[str] | None:
        values = [value.decode("latin-1") for name, value in carrier if name == key.encode()]
        return [",".join(values)] if values else None

    def keys(self, carrier: Sequence[tuple[bytes, bytes]]) -> list[str]:
        return [name.decode("latin-1") for name, _ in carrier]


_HEADERS = _Headers()
_PROPAGATOR = TraceContextTextMapPropagator()


class Traced:
    """In the trace that the caller has begun, if one can be read (W3C Trace Context).

    An answer that lasts (`lasts` in the request's state) is traced until it begins.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _UNTRACED.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        method = scope["method"] if scope["method"] in _METHODS else "HTTP"
        caller = _PROPAGATOR.extract(scope["headers"], Context(), _HEADERS)
        span = tracing.begun(method, SpanKind.SERVER, _asked(scope), caller)
        status = 0

        async def send_traced(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if "lasts" in state:
                    _end(span, method, status, state)
            await send(message)

        try:
            with use_span(span):
                await self._app(scope, receive, send_traced)
        finally:
            if span.is_recording():
                _end(span, method, status, state)


def _asked(scope: Scope) -> Attributes:
    known = scope["method"] in _METHODS
    attributes: Attributes = {
        "http.request.method": scope["method"] if known else "_OTHER",
        "url.scheme": scope["scheme"],
        "url.path": scope["path"],
        "network.protocol.version": scope["http_version"],
    }
    if not known:
        attributes["http.request.method_original"] = scope["method"]
    if query := scope["query_string"]:
        attributes["url.query"] = query.decode("latin-1")
    if agent := _HEADERS.get(scope["headers"], "user-agent"):
        attributes["user_agent.original"] = agent[0]
    return attributes


def _end(span: Span, method: str, status: int, state: Mapping[str, object]) -> None:
    """With what is known of the request once it is answered; `status` is 0 where nobody waited."""
    told: Attributes = {}
    if route := getattr(state.get("route"), "path_format", None):
        span.update_name(f"{method} {route}")
        told["http.route"] = route
    if status:
        told["http.response.status_code"] = status
    for name in ("request_id", "problem"):
        if name in state:
            told[f"catalog.{name}"] = str(state[name])
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        told["error.type"] = str(status)
        span.set_status(Status(StatusCode.ERROR))
    span.set_attributes(told)
    span.end()
