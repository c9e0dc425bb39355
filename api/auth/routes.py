"""The operations on tokens: those of the write side, and those that both sides answer."""

from base64 import urlsafe_b64encode
from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import APIRouter, Form, Request, Response

from api.auth.access import Authenticated, Confirmed
from api.auth.accounts import client_routes, user_routes
from api.auth.entering import client_login, login
from api.auth.entering.attempts import Attempt, address_of
from api.auth.entering.basic import given
from api.auth.entering.counted import counted
from api.auth.messages import (
    ClientGrant,
    Issued,
    Me,
    PasswordGrant,
    PublicKey,
    PublicKeys,
    RefreshGrant,
)
from api.auth.staying import logout, session_routes
from api.errors import (
    FORM_REFUSALS,
    InvalidCredentials,
    InvalidInput,
    TooManyAttempts,
    TooManyRequests,
    Unauthenticated,
)
from api.refusals import may_refuse
from api.resources import Held
from events.errors import DatabaseUnavailable

JWKS_CACHE = "public, max-age=60"
NO_STORE = "no-store"


def _cached(value: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"headers": {"Cache-Control": {"schema": {"type": "string", "const": value}}}}}


router = APIRouter(tags=["access"])
"""The write side's."""
router.include_router(user_routes.router)
router.include_router(client_routes.router)
router.include_router(session_routes.router)

shared_router = APIRouter(tags=["access"])
"""Both sides'."""


@router.post(
    "/v1/auth/token",
    operation_id="issue_token",
    response_model_exclude_none=True,
    responses=_cached(NO_STORE)
    | may_refuse(
        *FORM_REFUSALS,
        InvalidCredentials,
        InvalidInput,
        TooManyAttempts,
        TooManyRequests,
        DatabaseUnavailable,
    ),
)
async def issue(
    grant: Annotated[PasswordGrant | RefreshGrant | ClientGrant, Form(discriminator="grant_type")],
    request: Request,
    response: Response,
    held: Held,
) -> Issued:
    """Open a session with a password or a client's secret, or go on with a refresh token.

    A machine client may send its id and secret by HTTP Basic as well. What is granted counts as a
    request. Of a thousand open sessions of a user or client the oldest makes room for another.
    """
    response.headers["Cache-Control"] = NO_STORE
    lifetime = timedelta(seconds=held.settings.refresh_token_seconds)
    gate, engine = held.gate, held.engine
    admit = partial(held.limits.admit_request, request.scope)
    with counted(grant.grant_type):
        match grant:
            case PasswordGrant(username=username, password=password):
                attempt = Attempt.of(username, request)
                return await login.with_password(gate, engine, attempt, password, lifetime, admit)
            case RefreshGrant(refresh_token=token):
                address = address_of(request)
                return await login.with_refresh(gate, engine, token, address, lifetime, admit)
            case ClientGrant():
                authorization = request.headers.get("Authorization")
                client_id, secret = given(grant, authorization, address_of(request))
                attempt = Attempt.of(client_id, request)
                return await client_login.with_secret(gate, engine, attempt, secret, admit)


@router.post(
    "/v1/auth/revoke",
    status_code=204,
    operation_id="revoke_token",
    responses=may_refuse(
        *FORM_REFUSALS, Unauthenticated, InvalidInput, TooManyRequests, DatabaseUnavailable
    ),
)
async def revoke(
    token: Annotated[str, Form(min_length=1, max_length=4_096)],
    principal: Confirmed,
    held: Held,
) -> None:
    """End the session of an access or refresh token; of no use any more is no error (RFC 7009)."""
    await logout.with_token(held.gate, held.engine, token, by=principal.username)


@shared_router.get(
    "/v1/me",
    operation_id="who_am_i",
    responses=may_refuse(Unauthenticated, TooManyRequests, DatabaseUnavailable),
)
async def me(principal: Authenticated) -> Me:
    """The user or machine client whose token this is, with the roles of this moment."""
    return Me(
        username=principal.username,
        kind=principal.kind,
        roles=dict(principal.roles),
        session_id=principal.session_id,
    )


@shared_router.get(
    "/.well-known/jwks.json",
    operation_id="public_keys",
    responses=_cached(JWKS_CACHE) | may_refuse(DatabaseUnavailable),
)
async def jwks(response: Response, held: Held) -> PublicKeys:
    """The keys that verify access tokens (RFC 7517)."""
    response.headers["Cache-Control"] = JWKS_CACHE
    keys = await held.gate.tokens.keys.every_public()
    return PublicKeys(keys=[PublicKey(kid=kid, x=_base64url(key)) for kid, key in keys.items()])


def _base64url(key: Ed25519PublicKey) -> str:
    return urlsafe_b64encode(key.public_bytes_raw()).rstrip(b"=").decode()
