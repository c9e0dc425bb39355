"""Products by id and by SKU below FastAPI's routing, which would cost more than all the rest.

What is regular is answered here: a request without a query, of somebody whom the process knows.
Everything else takes the routes of `api/reads.py`, which answer alike.
"""

import re
from dataclasses import dataclass
from typing import Self, cast
from uuid import UUID

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from api import reads
from api.auth.roles import CATALOG_KEY
from api.problems import problem
from api.resources import Resources
from events.errors import Refused

WAIT_SECONDS = 2.0
"""For a position, when a request does not say how long."""

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SKU = "[A-Za-z0-9][A-Za-z0-9._:+-]{0,99}"
_PATH = re.compile(f"/v1/catalogs/({CATALOG_KEY})/products/(?:({_UUID})|by-sku/({_SKU}))")
_BEARER = re.compile(b"[Bb]earer ([!-~]+)")
_POSITION = re.compile(b"[0-9]{1,18}")
_ETAGS = re.compile(b"[!-~ ]{0,1000}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A regular request for a product by its id or its SKU."""

    catalog: str
    key: UUID | str
    token: str
    minimum: int
    if_none_match: str | None

    @classmethod
    def by(cls, scope: Scope) -> Self | None:
        """None for a request that is not regular."""
        path = _PATH.fullmatch(scope["path"])
        if path is None or scope["method"] != "GET" or scope["query_string"]:
            return None
        headers = dict(scope["headers"])
        bearer = _BEARER.fullmatch(headers.get(b"authorization", b""))
        minimum = headers.get(b"catalog-min-position", b"0")
        etags = headers.get(b"if-none-match")
        repeated = len(headers) != len(scope["headers"])
        odd = bearer is None or not _POSITION.fullmatch(minimum) or b"catalog-wait" in headers
        if repeated or odd or (etags is not None and not _ETAGS.fullmatch(etags)):
            return None
        catalog, product, sku = path.groups()
        return cls(
            catalog,
            UUID(product) if product else sku,
            bearer[1].decode(),
            int(minimum),
            None if etags is None else etags.decode(),
        )


class DirectReads:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        routes = {route.name: route for route in reads.router.routes}
        self._by_id = cast("APIRoute", routes[reads.by_id.__name__])
        self._by_sku = cast("APIRoute", routes[reads.by_sku.__name__])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Asked.by(scope) if scope["type"] == "http" else None
        if asked is None or not _may_read(asked, held := scope["state"]["resources"]):
            await self._app(scope, receive, send)
            return
        scope["route"] = self._by_sku if isinstance(asked.key, str) else self._by_id
        try:
            response = await _answer(asked, held)
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
