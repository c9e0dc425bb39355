"""Who may call an operation: dependencies that routes name as the type of a parameter."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.openapi.models import OAuth2, OAuthFlowPassword, OAuthFlows
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param

from api.auth.audited import auditing
from api.auth.confirming import CHALLENGE, confirmed
from api.auth.roles import CATALOG_KEY, Principal, Right
from api.errors import Forbidden, InvalidInput, Unauthenticated
from api.resources import of
from events.catalogs import CatalogDescription
from events.errors import DatabaseUnavailable, UnknownCatalog

TOKEN_URL = "/v1/auth/token"  # noqa: S105 -- an address

REFUSALS = (Unauthenticated, Forbidden, InvalidInput, DatabaseUnavailable)
"""What an operation may answer that asks who calls."""
CATALOG_REFUSALS = (*REFUSALS, UnknownCatalog)

type CatalogKey = Annotated[str, Path(pattern=f"^{CATALOG_KEY}$")]


class AccessToken(SecurityBase):
    """The security scheme of the OpenAPI document, and the dependency that enforces it."""

    scheme_name = "AccessToken"
    model = OAuth2(
        flows=OAuthFlows(password=OAuthFlowPassword(tokenUrl=TOKEN_URL, refreshUrl=TOKEN_URL))
    )

    async def __call__(self, request: Request) -> Principal:
        scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
        if scheme.lower() == "bearer":
            principal = await (await of(request)).gate.principal(token)
            if principal is not None:
                return principal
        raise Unauthenticated(headers=CHALLENGE)


type Authenticated = Annotated[Principal, Depends(AccessToken())]


async def _confirmed(principal: Authenticated, request: Request) -> Principal:
    return await confirmed(principal, (await of(request)).gate)


type Confirmed = Annotated[Principal, Depends(_confirmed)]


async def _known(
    catalog: CatalogKey, principal: Authenticated, request: Request
) -> CatalogDescription:
    catalogs = (await of(request)).gate.catalogs
    found = await catalogs.find(catalog) if principal.knows(catalog) else None
    if found is None:
        raise UnknownCatalog
    return found


type Known = Annotated[CatalogDescription, Depends(_known)]


def _with(right: Right) -> Callable[..., Awaitable[Principal]]:
    async def check(catalog: Known, caller: Authenticated, request: Request) -> Principal:
        principal = caller if right == "read" else await _confirmed(caller, request)
        if not principal.may(right, catalog.key):
            raise Forbidden
        return principal

    return check


async def _audited(catalog: Known, caller: Authenticated, request: Request) -> Principal:
    return await auditing(request, caller, catalog.key)


type Reader = Annotated[Principal, Depends(_with("read"))]
type Writer = Annotated[Principal, Depends(_with("write"))]
type Auditor = Annotated[Principal, Depends(_audited)]
type Operator = Annotated[Principal, Depends(_with("operate"))]


async def _administrator(principal: Confirmed) -> Principal:
    if not principal.administers_everything():
        raise Forbidden
    return principal


type Administrator = Annotated[Principal, Depends(_administrator)]
