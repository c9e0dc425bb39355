"""The most frequent writes before FastAPI's routing, which would cost more than all the rest.

What is regular is answered here, by the functions of `api/writing/routes.py`: a request without a
query, whose body is as it should be, of somebody whom the process knows. Everything else takes the
routes themselves, which answer alike.
"""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from api import outputs
from api.auth.decisions import allowed_directly
from api.auth.roles import CATALOG_KEY, Principal
from api.edge.bodies import look_at
from api.edge.hygiene import NOT_KEPT
from api.edge.observed import Observed, name_caller
from api.edge.regular import (
    REGULAR,
    UUID_PATTERN,
    Headers,
    headers_of,
    routes_of,
    surroundings,
    text,
    token_of,
)
from api.edge.time_limit import InTime
from api.problems import problem
from api.resources import Resources
from api.settings import Settings
from api.writing import routes
from api.writing.body import Body
from api.writing.routes import IDEMPOTENCY_KEY, IF_MATCH, PriceInput
from api.writing.write import Write, idempotent
from commands.input import Input, NewProduct, ProductPatch
from events.append import Idempotent
from events.errors import Refused
from events.money import CURRENCIES

type Answering = Callable[[re.Match[str], Any, Write], Awaitable[outputs.Receipt]]

_PRODUCTS = f"/v1/catalogs/({CATALOG_KEY})/products"
_PRODUCT = f"{_PRODUCTS}/({UUID_PATTERN})"
_ROUTES = routes_of(routes.router)
_JSON = b"application/json"
LONGEST_BYTES = 65_536
"""Of a body: what is longer takes so long to read that routing is not felt."""


class Operation(NamedTuple):
    path: re.Pattern[str]
    """Its first group is the catalog."""
    route: APIRoute
    body: type[Input]
    answer: Answering


OPERATIONS = {
    "POST": Operation(
        re.compile(_PRODUCTS),
        _ROUTES["register"],
        NewProduct,
        lambda _, body, write: routes.register(body, write),
    ),
    "PUT": Operation(
        re.compile(f"{_PRODUCT}/prices/({'|'.join(CURRENCIES)})"),
        _ROUTES["set_price"],
        PriceInput,
        lambda path, body, write: routes.set_price(UUID(path[2]), path[3], body, write),
    ),
    "PATCH": Operation(
        re.compile(_PRODUCT),
        _ROUTES["change"],
        ProductPatch,
        lambda path, body, write: routes.change(UUID(path[2]), body, write),
    ),
}
"""By method; of each method one is regular."""


class Regular(NamedTuple):
    """A request for one of the operations, by somebody who may make it."""

    operation: Operation
    path: re.Match[str]
    headers: Headers
    caller: Principal
    document: bytes
    body: Input


class DirectWrites:
    """Stands before FastAPI and what surrounds its routes."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._observed = Observed(_respond, side="command", added=surroundings)
        self._longest = min(LONGEST_BYTES, settings.body_limit_bytes)
        self._depth_limit = settings.json_depth_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = OPERATIONS.get(scope["method"]) if scope["type"] == "http" else None
        path = operation and operation.path.fullmatch(scope["path"])
        headers = headers_of(scope) if path else None
        if not (operation and path and headers and self._is_document(headers)):
            await self._app(scope, receive, send)
            return
        arriving = Body(receive)
        document = await arriving.whole()
        body = document and self._read(document, operation.body)
        # who may write is asked last: a body may take as long as a session
        caller = _writer(headers, scope["state"]["resources"], path[1]) if body else None
        if not (document and body and caller):
            await self._app(scope, arriving.again, send)
            return
        scope[REGULAR] = Regular(operation, path, headers, caller, document, body)
        name_caller(scope, caller)
        await self._observed(scope, receive, send)

    def _is_document(self, headers: Headers) -> bool:
        return (
            headers.get(b"content-type") == _JSON
            and 0 < int(headers.get(b"content-length", b"0")) <= self._longest
            and _fits(IF_MATCH, headers.get(b"if-match"))
            and _fits(IDEMPOTENCY_KEY, headers.get(b"idempotency-key"))
        )

    def _read(self, document: bytes, body: type[Input]) -> Input | None:
        """As FastAPI reads it; None where something is wrong with it."""
        try:
            look_at(document, self._depth_limit)
            return body.model_validate(json.loads(document))
        except (HTTPException, ValueError):
            return None


def _fits(pattern: re.Pattern[str], value: bytes | None) -> bool:
    return value is None or bool(pattern.fullmatch(value.decode("latin-1")))


def _writer(headers: Headers, held: Resources, catalog: str) -> Principal | None:
    """Who may write that, as far as the process knows by itself."""
    token = token_of(headers)
    caller = held.gate.admits(token, "write", catalog) if token else None
    return caller if caller and caller.is_confirmed else None


async def _respond(scope: Scope, receive: Receive, send: Send) -> None:
    regular: Regular = scope[REGULAR]
    scope["route"] = regular.operation.route
    held: Resources = scope["state"]["resources"]
    try:
        held.limits.admit_request(scope, regular.caller.username)
        allowed_directly(regular.caller, "write", regular.path[1])
        async with InTime(held.settings.request_seconds):
            response = await _written(scope, held, regular)
    except Refused as refusal:
        response = problem(Request(scope), refusal)
    await response(scope, receive, send)


async def _written(scope: Scope, held: Resources, regular: Regular) -> Response:
    write = Write.asked(
        held,
        scope,
        regular.caller,
        regular.path[1],
        if_match=text(regular.headers.get(b"if-match")),
        idempotent=_idempotent(scope, regular),
        headers=MutableHeaders(),
    )
    receipt = await regular.operation.answer(regular.path, regular.body, write)
    answer = Response(
        receipt.__pydantic_serializer__.to_json(receipt),
        regular.operation.route.status_code or 200,
        media_type="application/json",
    )
    answer.raw_headers += (*write.headers.raw, NOT_KEPT)
    return answer


def _idempotent(scope: Scope, regular: Regular) -> Idempotent | None:
    key = text(regular.headers.get(b"idempotency-key"))
    if key is None:
        return None
    actor = regular.caller.username
    return idempotent(actor, key, scope["method"], scope["path"], regular.document)
