"""Who may call an operation: dependencies that routes name as the type of a parameter."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Path
from fastapi.security import OAuth2PasswordBearer

from api.auth.roles import Principal, Right
from api.errors import Forbidden, InvalidInput, Unauthenticated
from api.resources import Held, Resources
from events.errors import DatabaseUnavailable, UnknownCatalog

CHALLENGE = {"WWW-Authenticate": "Bearer"}

REFUSALS = (Unauthenticated, Forbidden, InvalidInput, DatabaseUnavailable)
"""What an operation may answer that asks who calls."""
CATALOG_REFUSALS = (*REFUSALS, UnknownCatalog)

bearer = OAuth2PasswordBearer("/v1/auth/token", refreshUrl="/v1/auth/token", auto_error=False)

type CatalogKey = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]


async def _authenticated(token: Annotated[str | None, Depends(bearer)], held: Held) -> Principal:
    principal = await held.gate.principal(token) if token else None
    if principal is None:
        raise Unauthenticated(headers=CHALLENGE)
    return principal


type Authenticated = Annotated[Principal, Depends(_authenticated)]


def _with(right: Right) -> Callable[[str, Principal, Resources], Awaitable[Principal]]:
    async def check(catalog: CatalogKey, principal: Authenticated, held: Held) -> Principal:
        if not principal.knows(catalog) or not await held.gate.catalogs.has(catalog):
            raise UnknownCatalog
        if not principal.may(right, catalog):
            raise Forbidden
        return principal

    return check


type Reader = Annotated[Principal, Depends(_with("read"))]
type Writer = Annotated[Principal, Depends(_with("write"))]
type Auditor = Annotated[Principal, Depends(_with("audit"))]
type Operator = Annotated[Principal, Depends(_with("operate"))]


async def _administrator(principal: Authenticated) -> Principal:
    if not principal.administers_everything():
        raise Forbidden
    return principal


type Administrator = Annotated[Principal, Depends(_administrator)]
