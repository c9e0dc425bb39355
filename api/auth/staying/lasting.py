"""Whether somebody may still have what he was once let in for: asked as long as an answer lasts."""

from fastapi import Request

from api.auth.access import identified
from api.auth.decisions import refused
from api.auth.roles import Principal, Right
from api.auth.staying.confirming import INVALID_TOKEN, confirmed
from api.errors import Forbidden, Unauthenticated
from api.resources import of


async def still_audits(request: Request, catalog: str) -> bool:
    """Raises `DatabaseUnavailable` where that can't be told."""
    return await still_may(request, "audit", catalog)


async def still_may(request: Request, right: Right, catalog: str) -> bool:
    """False once the token has expired, the session ended or the role is another.

    It is the service that asks, so that no request of his is counted. Raises `DatabaseUnavailable`
    where that can't be told.
    """
    try:
        caller = await confirmed(await identified(request), request)
    except Unauthenticated:
        return False
    if not caller.may(right, catalog):
        refused(request.scope, "role missing", right=right, caller=caller, catalog=catalog)
        return False
    return True


async def still_writing(request: Request, caller: Principal, catalog: str) -> None:
    """After an upload, which may outlast its token: by the session that it was begun in.

    Raises `Unauthenticated`, `Forbidden`, and `DatabaseUnavailable` where that can't be told.
    """
    sessions = (await of(request)).gate.sessions
    found = await sessions.principal(caller.session_id)
    if found is None:
        refused(request.scope, "session ended", caller=caller, catalog=catalog)
        raise Unauthenticated(headers=INVALID_TOKEN)
    if not (await confirmed(found, request)).may("write", catalog):
        refused(request.scope, "role missing", caller=found, catalog=catalog)
        raise Forbidden
