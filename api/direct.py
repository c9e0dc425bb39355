"""Products by id and by SKU below FastAPI's routing, which would cost more than all the rest.

What is regular is answered here: a request without a query, of somebody whom the process knows.
Everything else takes the routes of `api/reads.py`, which answer alike.
"""

import re
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api import reads
from api.auth.roles import CATALOG_KEY
from api.middleware import Observed
from api.problems import problem
from api.resources import Resources
from events.errors import Refused

WAIT_SECONDS = 2.0
"""For a position, when a request does not say how long."""

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SKU = "[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}"
_PATH = re.compile(f"/v1/catalogs/({CATALOG_KEY})/products/(?:({_UUID})|by-sku/({_SKU}))")
_ROUTES = {route.name: route for route in reads.router.routes if isinstance(route, APIRoute)}
_BEARER = b"Bearer "
_POSITION = re.compile(b"[0-9]{1,18}")
_ETAGS = re.compile(b"[!-~ ]{0,1000}")
_IRREGULAR = (b"origin", b"catalog-wait")
"""Headers whose meaning is FastAPI's to find out."""


@dataclass(slots=True)
class Asked:
    """A regular request for a product by its id or its SKU."""

    catalog: str
    key: UUID | str
    token: str
    minimum: int
    if_none_match: str

    @classmethod
    def by(cls, scope: Scope) -> Self | None:
        """None for a request that is not regular."""
        path = _PATH.fullmatch(scope["path"])
        if path is None or scope["method"] != "GET" or scope["query_string"]:
            return None
        headers = dict(scope["headers"])
        token = headers.get(b"authorization", b"")
        minimum = headers.get(b"catalog-min-position", b"0")
        etags = headers.get(b"if-none-match", b"")
        if (
            not token.startswith(_BEARER)
            or not _POSITION.fullmatch(minimum)
            or not _ETAGS.fullmatch(etags)
            or any(name in headers for name in _IRREGULAR)
            or len(headers) != len(scope["headers"])
        ):
            return None
        catalog, product, sku = path.groups()
        return cls(
            catalog,
            UUID(product) if product else sku,
            token[len(_BEARER) :].decode("latin-1"),
            int(minimum),
            etags.decode(),
        )


class DirectReads:
    """Stands before FastAPI and what surrounds its routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._observed = Observed(_respond, side="query")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Asked.by(scope) if scope["type"] == "http" else None
        if asked and _may_read(asked, scope["state"]["resources"]):
            scope["asked"] = asked
            await self._observed(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _respond(scope: Scope, receive: Receive, send: Send) -> None:
    asked = scope["asked"]
    scope["route"] = _ROUTES["by_sku" if isinstance(asked.key, str) else "by_id"]
    try:
        response = await _answer(asked, scope["state"]["resources"])
    except Refused as refusal:
        response = problem(Request(scope), refusal)
    await response(scope, receive, send)


def _may_read(asked: Asked, held: Resources) -> bool:
    """As far as the process knows by itself."""
    principal = held.gate.known(asked.token)
    allowed = principal is not None and principal.may("read", asked.catalog)
    return allowed and held.gate.catalogs.seen(asked.catalog)


async def _answer(asked: Asked, held: Resources) -> Response:
    """Raises what the routes raise."""
    documents, catalog, key, minimum = held.documents, asked.catalog, asked.key, asked.minimum
    found = documents.remembered(catalog, key, minimum)
    if found is None:
        found = await held.freshness.reflecting(
            catalog, minimum, WAIT_SECONDS, lambda: documents.read(catalog, key, minimum=minimum)
        )
    return reads.document_response(found, asked.if_none_match)
