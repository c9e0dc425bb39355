"""Around every request: its id, its limits, its log line and its metrics. Pure ASGI."""

import logging
import re
from asyncio import CancelledError
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from random import getrandbits
from time import perf_counter
from typing import Any

import structlog
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth.roles import Principal
from api.edge.hygiene import Header
from api.errors import InternalError, TookTooLong
from api.logs import REQUEST_ID
from api.measuring.metrics import SIDES, MeasuredSide
from api.problems import problem
from api.rates.limits import told as told_rates
from events.errors import Refused

WELL_FORMED = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
SIDE_OF_TAG: dict[str, MeasuredSide] = {"commands": "command", "queries": "query"}

CHATTY = logging.getLogger(__name__)
log = structlog.get_logger(__name__)


class HeadAsGet:
    """Answers HEAD as GET, without the body, which nobody waits for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        is_answered = False

        async def send_head(message: Message) -> None:
            nonlocal is_answered
            is_answered = True
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        async def receive_until_answered() -> Message:
            return {"type": "http.disconnect"} if is_answered else await receive()

        await self._app({**scope, "method": "GET"}, receive_until_answered, send_head)


class Observed:
    """Gives the request an id, answers what fails, logs and counts.

    Reads that go well are many, and worth a line only to who asks for debugging. An answer that
    lasts (`lasts` in the request's state) is counted as it begins, with the time until then.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        side: MeasuredSide,
        added: Callable[[Scope], Iterable[Header]] = lambda _: (),
    ) -> None:
        """`added` are headers of every answer, where nothing else stands around it."""
        self._app = app
        self._side: MeasuredSide = side
        self._added = added

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope["headers"])
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_identified(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                identity = (b"x-request-id", request_id.encode())
                added = (identity, *told_rates(scope), *self._added(scope))
                headers = [*message.get("headers", ()), *added]
                message = {**message, "headers": headers}
                if "lasts" in scope["state"]:
                    self._observed(scope, request_id, status, perf_counter() - began)
            await send(message)

        def observed() -> None:
            if "lasts" not in scope["state"]:
                self._observed(scope, request_id, status, perf_counter() - began)

        began = perf_counter()
        told = REQUEST_ID.set(request_id)
        try:
            await self._app(scope, receive, send_identified)
        except (Exception, CancelledError) as error:
            failure = _failure(error, scope["path"])
            is_begun = status > 0
            if not is_begun:
                await problem(Request(scope), failure)(scope, receive, send_identified)
            if is_begun or isinstance(error, CancelledError):
                observed()
                raise
        finally:
            REQUEST_ID.reset(told)
        observed()

    def _observed(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = scope["state"]["route"] = scope.get("route")
        known = status != HTTPStatus.METHOD_NOT_ALLOWED
        operation = (known and getattr(route, "operation_id", None)) or "other"
        tags = getattr(route, "tags", None) or [""]
        side = SIDE_OF_TAG.get(tags[0], self._side)
        SIDES[side].answered(operation, scope["method"], status, seconds)
        if problem_name := scope["state"].get("problem"):
            SIDES[side].refused(problem_name)
        went_well = side == "query" and status < HTTPStatus.BAD_REQUEST
        if went_well and not CHATTY.isEnabledFor(logging.DEBUG):
            return
        tell = log.debug if went_well else log.info
        tell(
            "request",
            request_id=request_id,
            operation=operation,
            method=scope["method"],
            path=scope["path"],
            status=status,
            ms=round(seconds * 1000, 2),
            **_particulars(scope["state"]),
        )


def name_caller(scope: Scope, caller: Principal) -> None:
    """For the line of the request."""
    scope["state"]["username"] = caller.username
    scope["state"]["session_id"] = caller.session_id


def _particulars(state: Mapping[str, Any]) -> dict[str, str]:
    """Who asked, where somebody is known, and by which problem he was refused."""
    told = {}
    if "username" in state:
        told = {"username": state["username"], "session_id": str(state["session_id"])}
    if "problem" in state:
        told["problem"] = state["problem"]
    return told


def _failure(error: BaseException, path: str) -> Refused:
    """Whoever cancels a request ends the process, which has waited for it long enough."""
    if isinstance(error, CancelledError):
        return TookTooLong()
    log.error("request_failed", path=path, exc_info=error)
    return InternalError()


def _request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == b"x-request-id" and WELL_FORMED.fullmatch(value):
            return value.decode()
    return f"{getrandbits(128):032x}"
