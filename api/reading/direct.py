"""Products by id and by SKU before FastAPI's routing, which would cost more than all the rest.

What is regular is answered here: a request without a query, of somebody whom the process knows.
Everything else takes the routes of `api/reading/reads.py`, which answer alike.
"""

import re
from typing import NamedTuple
from uuid import UUID

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth.decisions import allowed_directly
from api.auth.roles import CATALOG_KEY, Principal
from api.edge.observed import Observed, name_caller
from api.edge.regular import (
    REGULAR,
    UUID_PATTERN,
    headers_of,
    routes_of,
    surroundings,
    text,
    token_of,
)
from api.problems import problem
from api.reading import reads
from api.reading.answering import ETAGS, WAIT_MILLISECONDS, Read
from api.reading.representations import Preferences
from api.resources import Resources
from commands.input import SKU
from events.errors import Refused

_PATH = re.compile(f"/v1/catalogs/({CATALOG_KEY})/products/(?:({UUID_PATTERN})|by-sku/({SKU}))")
_ROUTES = routes_of(reads.router)
_POSITION = re.compile(b"[0-9]{1,18}")
_ETAGS = re.compile(ETAGS.encode())


class Regular(NamedTuple):
    """A request for a product by its id or its SKU."""

    catalog: str
    key: UUID | str
    token: str
    minimum: int
    preferences: Preferences


class DirectReads:
    """Stands before FastAPI and what surrounds its routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._observed = Observed(_respond, side="query", added=surroundings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = _regular(scope) if scope["type"] == "http" else None
        reader = _reader(request, scope["state"]["resources"]) if request else None
        if reader:
            scope[REGULAR] = request, reader
            name_caller(scope, reader)
            await self._observed(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _regular(scope: Scope) -> Regular | None:
    path = _PATH.fullmatch(scope["path"])
    headers = headers_of(scope) if path and scope["method"] == "GET" else None
    if path is None or headers is None:
        return None
    token = token_of(headers)
    minimum = headers.get(b"catalog-min-position", b"0")
    etags = headers.get(b"if-none-match")
    if (
        token is None
        or b"catalog-wait" in headers
        or headers.get(b"content-length", b"0") != b"0"
        or not (minimum == b"0" or _POSITION.fullmatch(minimum))
        or not (etags is None or _ETAGS.fullmatch(etags))
    ):
        return None
    catalog, product, sku = path.groups()
    return Regular(
        catalog,
        UUID(product) if product else sku,
        token,
        int(minimum),
        Preferences(text(etags), text(headers.get(b"accept-encoding"))),
    )


def _reader(request: Regular, held: Resources) -> Principal | None:
    """Who may read that, as far as the process knows by itself."""
    return held.gate.admits(request.token, "read", request.catalog)


async def _respond(scope: Scope, receive: Receive, send: Send) -> None:
    request, reader = scope[REGULAR]
    scope["route"] = _ROUTES["by_sku" if isinstance(request.key, str) else "by_id"]
    held = scope["state"]["resources"]
    read = Read(
        held, request.catalog, request.minimum, WAIT_MILLISECONDS / 1000, request.preferences
    )
    try:
        held.limits.admit_request(scope, reader.username)
        allowed_directly(reader, "read", request.catalog)
        response = await reads.answer(read, request.key)
    except Refused as refusal:
        response = problem(Request(scope), refusal)
    await response(scope, receive, send)
