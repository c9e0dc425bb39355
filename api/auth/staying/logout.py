"""Ends the session that a token belongs to."""

from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.auth.entering.refresh import RefreshToken
from api.auth.gate import Gate
from api.auth.staying import sessions
from api.auth.tables import Session
from events.database import session

log = structlog.get_logger(__name__)


async def with_token(gate: Gate, engine: AsyncEngine, token: str, *, by: str) -> None:
    """Nothing happens for a token that is none, or whose session has ended."""
    async with session(engine) as database:
        session_id = await _session_of(gate, database, token)
        username = await sessions.end(database, session_id) if session_id else None
    if session_id and username:
        await gate.sessions.ended(session_id)
        log.info("session_revoked", session_id=str(session_id), username=username, by=by)


async def _session_of(gate: Gate, database: AsyncSession, token: str) -> UUID | None:
    """Also of a refresh token that was used before: who sends it knows its family's secret."""
    refresh = RefreshToken.parse(token)
    if refresh is None:
        claims = await gate.tokens.signed(token, verify_exp=False)
        return claims.sid if claims else None
    return await database.scalar(
        select(Session.session_id).where(
            Session.session_id == refresh.session_id,
            Session.family_digest == refresh.family_digest,
        )
    )
