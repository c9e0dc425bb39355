"""Whether somebody may still have what he was once let in for: asked as long as an answer lasts."""

from fastapi import Request

from api.auth.access import identified
from api.auth.decisions import refused
from api.auth.staying.confirming import confirmed
from api.errors import Unauthenticated


async def still_audits(request: Request, catalog: str) -> bool:
    """False once the token has expired, the session ended or the role is another.

    It is the service that asks, so that no request of his is counted. Raises `DatabaseUnavailable`
    where that can't be told.
    """
    try:
        caller = await confirmed(await identified(request), request)
    except Unauthenticated:
        return False
    if not caller.may("audit", catalog):
        refused(request.scope, "role missing", right="audit", caller=caller, catalog=catalog)
        return False
    return True
