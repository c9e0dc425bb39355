"""Around every request: its id, its limits, its log line and its metrics. Pure ASGI."""

import re
from http import HTTPStatus
from time import perf_counter
from uuid import uuid4

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BodyTooLarge, InternalError
from api.metrics import SIDES, MeasuredSide
from api.problems import problem

REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
SIDE_OF_TAG: dict[str, MeasuredSide] = {"commands": "command", "queries": "query"}

log = structlog.get_logger(__name__)


class HeadAsGet:
    """Answers HEAD as GET, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_head)


class Observed:
    """Gives the request an id, answers what fails, logs and counts."""

    def __init__(self, app: ASGIApp, *, side: MeasuredSide) -> None:
        self._app = app
        self._side: MeasuredSide = side

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_identified(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        began = perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_identified)
            except Exception:
                log.exception("request_failed", path=scope["path"])
                if status:
                    raise
                await problem(Request(scope), InternalError())(scope, receive, send_identified)
            self._observed(scope, status, perf_counter() - began)

    def _observed(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("route")
        known = status != HTTPStatus.METHOD_NOT_ALLOWED
        operation = (known and getattr(route, "operation_id", None)) or "other"
        tags = getattr(route, "tags", None) or [""]
        side = SIDE_OF_TAG.get(tags[0], self._side)
        SIDES[side].answered(operation, scope["method"], status, seconds)
        refused = {}
        if problem_name := scope["state"].get("problem"):
            SIDES[side].refused(problem_name)
            refused = {"problem": problem_name}
        log.info(
            "request",
            operation=operation,
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=round(seconds * 1000, 2),
            **refused,
        )


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if REQUEST_ID.fullmatch(given) else uuid4().hex


class BoundedBody:
    """Refuses a body beyond `limit` bytes, declared or not."""

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._limit:
            await problem(Request(scope), BodyTooLarge())(scope, receive, send)
            return
        received = 0

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise HTTPException(413)
            return message

        await self._app(scope, receive_bounded, send)
