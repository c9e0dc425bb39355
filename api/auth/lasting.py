"""Whether somebody may still have what he was once let in for: asked as long as an answer lasts."""

from fastapi import Request

from api.auth.access import AccessToken
from api.auth.confirming import confirmed
from api.errors import Unauthenticated
from api.resources import of

_token = AccessToken()


async def still_audits(request: Request, catalog: str) -> bool:
    """False once the token has expired, the session ended or the role is another.

    Raises `DatabaseUnavailable` where that can't be told.
    """
    try:
        caller = await confirmed(await _token(request), (await of(request)).gate)
    except Unauthenticated:
        return False
    return caller.may("audit", catalog)
