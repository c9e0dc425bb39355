"""Who is asking, by the word of the primary alone."""

from api.auth.gate import Gate
from api.auth.roles import Principal
from api.errors import Unauthenticated

CHALLENGE = {"WWW-Authenticate": "Bearer"}


async def confirmed(principal: Principal, gate: Gate) -> Principal:
    """With the roles of today.

    Raises DatabaseUnavailable, and Unauthenticated when the session has ended.
    """
    if principal.is_confirmed:
        return principal
    found = await gate.sessions.confirmed(principal.session_id)
    if found is None:
        raise Unauthenticated(headers=CHALLENGE)
    return found
