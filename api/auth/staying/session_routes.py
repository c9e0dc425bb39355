"""Sessions: everybody's own, and all of them for the administrators of all catalogs."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query

from api.auth.access import REFUSALS, Administrator, Confirmed
from api.auth.accounts.user_routes import UserInPath
from api.auth.staying import open_sessions
from api.auth.staying.open_sessions import Place
from api.auth.staying.session_messages import SessionList, SessionView
from api.errors import UnknownSession, UnknownUser
from api.parameters import ONLY_KNOWN, PageCursor, PageLimit
from api.refusals import may_refuse
from api.resources import Held, Resources
from events.database import session
from queries.errors import InvalidCursor

log = structlog.get_logger(__name__)

router = APIRouter(dependencies=ONLY_KNOWN)

OWN = "/v1/me/sessions"
OF_USER = "/v1/users/{username}/sessions"


@dataclass(frozen=True, slots=True)
class Page:
    limit: Annotated[PageLimit, Query()] = 50
    cursor: Annotated[PageCursor | None, Query()] = None


type Asked = Annotated[Page, Depends()]


@router.get(OWN, operation_id="list_own_sessions", responses=may_refuse(*REFUSALS, InvalidCursor))
async def browse_own(principal: Confirmed, held: Held, asked: Asked) -> SessionList:
    """The caller's open sessions, the newest first."""
    return await _listed(held, principal.username, asked, current=principal.session_id)


@router.delete(
    OWN, status_code=204, operation_id="end_other_sessions", responses=may_refuse(*REFUSALS)
)
async def end_others(principal: Confirmed, held: Held) -> None:
    """End all of the caller's sessions but the one that this request belongs to."""
    username = principal.username
    await _end_all(held, username, by=username, besides=principal.session_id)


@router.delete(
    OWN + "/{session_id}",
    status_code=204,
    operation_id="end_own_session",
    responses=may_refuse(*REFUSALS, UnknownSession),
)
async def end_own(session_id: UUID, principal: Confirmed, held: Held) -> None:
    """End one of the caller's sessions."""
    await _end_one(held, principal.username, session_id, by=principal.username)


@router.get(
    OF_USER,
    operation_id="list_sessions",
    responses=may_refuse(*REFUSALS, UnknownUser, InvalidCursor),
)
async def browse(
    username: UserInPath, principal: Administrator, held: Held, asked: Asked
) -> SessionList:
    """The open sessions of a user or a machine client, the newest first."""
    return await _listed(held, username, asked, current=principal.session_id)


@router.delete(
    OF_USER,
    status_code=204,
    operation_id="end_sessions",
    responses=may_refuse(*REFUSALS, UnknownUser),
)
async def end_all(username: UserInPath, principal: Administrator, held: Held) -> None:
    """End all sessions of a user or a machine client."""
    await _end_all(held, username, by=principal.username)


@router.delete(
    OF_USER + "/{session_id}",
    status_code=204,
    operation_id="end_session",
    responses=may_refuse(*REFUSALS, UnknownSession),
)
async def end_one(
    username: UserInPath, session_id: UUID, principal: Administrator, held: Held
) -> None:
    """End a session of a user or a machine client."""
    await _end_one(held, username, session_id, by=principal.username)


async def _listed(held: Resources, username: str, asked: Page, *, current: UUID) -> SessionList:
    cursors, of = await held.cursors(), ("sessions", username)
    after = cursors.open(asked.cursor, Place, of=of) if asked.cursor else None
    async with session(held.engine) as database:
        await open_sessions.require_user(database, username)
        found, last = await open_sessions.page(database, username, limit=asked.limit, after=after)
    items = [SessionView.of(each, current=current) for each in found]
    return SessionList(items=items, next_cursor=cursors.seal(last, of=of) if last else None)


async def _end_one(held: Resources, username: str, session_id: UUID, *, by: str) -> None:
    async with session(held.engine) as database:
        await open_sessions.end_one(database, username, session_id)
    await held.gate.sessions.ended(session_id)
    log.info("session_revoked", session_id=str(session_id), username=username, by=by)


async def _end_all(held: Resources, username: str, *, by: str, besides: UUID | None = None) -> None:
    async with session(held.engine) as database:
        await open_sessions.require_user(database, username)
        ended = await open_sessions.end_all(database, username, besides=besides)
    await held.gate.sessions.ended(*ended)
    log.info("sessions_revoked", sessions=len(ended), username=username, by=by)
