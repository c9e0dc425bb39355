"""Who is asking, by the word of the primary alone."""

from fastapi import Request

from api.auth.decisions import refused
from api.auth.roles import Principal
from api.errors import Unauthenticated
from api.resources import of

CHALLENGE = {"WWW-Authenticate": "Bearer"}
INVALID_TOKEN = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
"""For who has sent one (RFC 6750, 3.1)."""


async def confirmed(principal: Principal, request: Request) -> Principal:
    """With the roles of today.

    Raises DatabaseUnavailable, and Unauthenticated when the session has ended.
    """
    if principal.is_confirmed:
        return principal
    gate = (await of(request)).gate
    found = await gate.sessions.confirmed(principal.session_id)
    if found is None:
        refused(request.scope, "session ended", caller=principal)
        raise Unauthenticated(headers=INVALID_TOKEN)
    return found
