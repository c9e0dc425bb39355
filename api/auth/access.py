"""Who may call an operation: dependencies that routes name as the type of a parameter."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.openapi.models import (
    OAuth2,
    OAuthFlowClientCredentials,
    OAuthFlowPassword,
    OAuthFlows,
)
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param

from api.auth.audited import auditing
from api.auth.decisions import Reason, allowed, asking, permits, refused, wanted
from api.auth.roles import CATALOG_KEY, Principal, Right
from api.auth.signing.tokens import Claims
from api.auth.staying.confirming import CHALLENGE, INVALID_TOKEN, confirmed
from api.edge.observed import name_caller
from api.errors import Forbidden, InvalidInput, TooManyRequests, Unauthenticated
from api.resources import of
from events.catalogs import CatalogDescription
from events.errors import DatabaseUnavailable, UnknownCatalog

TOKEN_URL = "/v1/auth/token"  # noqa: S105 -- an address

REFUSALS = (Unauthenticated, Forbidden, InvalidInput, TooManyRequests, DatabaseUnavailable)
"""What an operation may answer that asks who calls."""
CATALOG_REFUSALS = (*REFUSALS, UnknownCatalog)

type CatalogKey = Annotated[str, Path(pattern=f"^{CATALOG_KEY}$")]


class AccessToken(SecurityBase):
    """The security scheme of the OpenAPI document, and the dependency that enforces it.

    Who comes in is counted. Raises Unauthenticated, TooManyRequests, DatabaseUnavailable.
    """

    scheme_name = "AccessToken"
    model = OAuth2(
        flows=OAuthFlows(
            password=OAuthFlowPassword(tokenUrl=TOKEN_URL, refreshUrl=TOKEN_URL),
            clientCredentials=OAuthFlowClientCredentials(tokenUrl=TOKEN_URL),
        )
    )

    async def __call__(self, request: Request) -> Principal:
        principal = await identified(request)
        held = await of(request)
        name_caller(request.scope, principal)
        held.limits.admit_request(request.scope, principal.username)
        if wanted(request.scope) == "enter":
            allowed(request.scope, principal, "enter")
        return principal


async def identified(request: Request) -> Principal:
    """Whose token it carries, without counting it. Raises Unauthenticated, DatabaseUnavailable."""
    scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
    gate = (await of(request)).gate
    is_given = scheme.lower() == "bearer" and token
    principal = await gate.principal(token) if is_given else None
    if principal is None:
        claims = gate.tokens.known(token)
        refused(request.scope, _why(claims, is_given=bool(is_given)), caller=claims)
        raise Unauthenticated(headers=INVALID_TOKEN if is_given else CHALLENGE)
    return principal


def _why(claims: Claims | None, *, is_given: bool) -> Reason:
    if not is_given:
        return "no token"
    return "session ended" if claims else "invalid token"


type Authenticated = Annotated[Principal, Depends(AccessToken())]


async def _confirmed(principal: Authenticated, request: Request) -> Principal:
    return await confirmed(principal, request)


type Confirmed = Annotated[Principal, Depends(_confirmed)]


async def _known(
    catalog: CatalogKey, principal: Authenticated, request: Request
) -> CatalogDescription:
    catalogs = (await of(request)).gate.catalogs
    found = await catalogs.find(catalog) if principal.knows(catalog) else None
    if found is None:
        reason: Reason = "catalog unknown to the caller"
        refused(request.scope, reason, caller=principal, catalog=catalog)
        raise UnknownCatalog
    return found


type Known = Annotated[CatalogDescription, Depends(_known)]


def _with(right: Right) -> Callable[..., Awaitable[Principal]]:
    @asking(right)
    async def check(catalog: Known, caller: Authenticated, request: Request) -> Principal:
        principal = caller if right == "read" else await _confirmed(caller, request)
        if not permits(request.scope, principal, right, catalog.key):
            raise Forbidden
        return principal

    return check


@asking("audit")
async def _audited(catalog: Known, caller: Authenticated, request: Request) -> Principal:
    return await auditing(request, caller, catalog.key)


type Reader = Annotated[Principal, Depends(_with("read"))]
type Writer = Annotated[Principal, Depends(_with("write"))]
type Auditor = Annotated[Principal, Depends(_audited)]
type Operator = Annotated[Principal, Depends(_with("operate"))]


@asking("administer")
async def _administrator(principal: Confirmed, request: Request) -> Principal:
    if not permits(request.scope, principal, "administer"):
        raise Forbidden
    return principal


type Administrator = Annotated[Principal, Depends(_administrator)]
