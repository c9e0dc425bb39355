"""Requests so regular that they may be answered before FastAPI's routing."""

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.types import Scope

from api.edge.hygiene import Header, security

type Headers = dict[bytes, bytes]

UUID_PATTERN = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
REGULAR = "catalog.regular"
"""Where the scope has such a request, and who makes it."""
_VARY = (b"vary", b"Origin")
_BEARER = b"Bearer "
_OTHERS = {b"origin", b"transfer-encoding", b"content-encoding"}
"""Headers that only FastAPI understands, and what stands around it."""


def headers_of(scope: Scope) -> Headers | None:
    """Each of them once, in lower case; None where something is odd about them or the target."""
    headers = dict(scope["headers"])
    if (
        scope["query_string"]
        or len(headers) != len(scope["headers"])
        or not _OTHERS.isdisjoint(headers)
    ):
        return None
    return headers


def surroundings(scope: Scope) -> tuple[Header, ...]:
    """The headers of whatever is answered to them, as what stands around the routes adds them."""
    return (_VARY, *security(scope))


def token_of(headers: Headers) -> str | None:
    """Of whom it is is for others to tell."""
    given = headers.get(b"authorization", b"")
    return given[len(_BEARER) :].decode("latin-1") if given.startswith(_BEARER) else None


def text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def routes_of(router: APIRouter) -> dict[str, APIRoute]:
    """By the names of their functions."""
    return {route.name: route for route in router.routes if isinstance(route, APIRoute)}
