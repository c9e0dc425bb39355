"""Products by id and by SKU before FastAPI's routing, which would cost more than all the rest.

What is regular is answered here: a request without a query, of somebody whom the process knows.
Everything else takes the routes of `api/reading/reads.py`, which answer alike.
"""

import re
from typing import NamedTuple
from uuid import UUID

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api.auth.decisions import allowed_directly
from api.auth.roles import CATALOG_KEY, Principal
from api.edge.hygiene import security
from api.edge.observed import Observed
from api.problems import problem
from api.reading import reads
from api.reading.answering import ETAGS, WAIT_MILLISECONDS, Read
from api.reading.representations import Preferences
from api.resources import Resources
from commands.input import SKU
from events.errors import Refused

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PATH = re.compile(f"/v1/catalogs/({CATALOG_KEY})/products/(?:({_UUID})|by-sku/({SKU}))")
_ROUTES = {route.name: route for route in reads.router.routes if isinstance(route, APIRoute)}
_BEARER = b"Bearer "
_POSITION = re.compile(b"[0-9]{1,18}")
_ETAGS = re.compile(ETAGS.encode())
_VARY = (b"vary", b"Origin")
_OTHERS = {b"origin", b"catalog-wait", b"transfer-encoding"}
"""Headers that only FastAPI understands, and what stands around it."""


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
        self._observed = Observed(_respond, side="query")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = _regular(scope) if scope["type"] == "http" else None
        reader = _reader(request, scope["state"]["resources"]) if request else None
        if reader:
            scope["regular"], scope["reader"] = request, reader
            scope["state"]["username"] = reader.username
            await self._observed(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _regular(scope: Scope) -> Regular | None:
    path = _PATH.fullmatch(scope["path"])
    if path is None or scope["method"] != "GET" or scope["query_string"]:
        return None
    headers = dict(scope["headers"])
    if len(headers) != len(scope["headers"]) or not _OTHERS.isdisjoint(headers):
        return None
    token = headers.get(b"authorization", b"")
    minimum = headers.get(b"catalog-min-position", b"0")
    etags = headers.get(b"if-none-match")
    if (
        not token.startswith(_BEARER)
        or headers.get(b"content-length", b"0") != b"0"
        or not (minimum == b"0" or _POSITION.fullmatch(minimum))
        or not (etags is None or _ETAGS.fullmatch(etags))
    ):
        return None
    catalog, product, sku = path.groups()
    return Regular(
        catalog,
        UUID(product) if product else sku,
        token[len(_BEARER) :].decode("latin-1"),
        int(minimum),
        Preferences(_text(etags), _text(headers.get(b"accept-encoding"))),
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _reader(request: Regular, held: Resources) -> Principal | None:
    """Who may read that, as far as the process knows by itself."""
    principal = held.gate.known(request.token)
    if principal is None or not principal.may("read", request.catalog):
        return None
    return principal if held.gate.catalogs.seen(request.catalog) else None


async def _respond(scope: Scope, receive: Receive, send: Send) -> None:
    request: Regular = scope["regular"]
    scope["route"] = _ROUTES["by_sku" if isinstance(request.key, str) else "by_id"]
    held = scope["state"]["resources"]
    read = Read(
        held, request.catalog, request.minimum, WAIT_MILLISECONDS / 1000, request.preferences
    )
    allowed_directly(scope["reader"], request.catalog)
    try:
        held.limits.admit_request(scope, scope["reader"].username)
        response = await reads.answer(read, request.key)
    except Refused as refusal:
        response = problem(Request(scope), refusal)
    response.raw_headers += (_VARY, *security(scope))  # as of all that passes what stands there
    await response(scope, receive, send)
