"""Sessions begin with a password, go on by refresh tokens, and end. The caller commits."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.entering.attempts import Attempt
from api.auth.entering.refresh import RefreshToken
from api.auth.tables import Session
from events.database import Connection, statement

OPEN_LIMIT = 1_000
"""Sessions that a user or a client may have open at a time."""

_BEGIN = statement(__package__, "sql/begin_session.sql")
_END_OLDEST = statement(__package__, "sql/end_oldest_sessions.sql")
_USE = statement(__package__, "sql/use_refresh_token.sql")


@dataclass(frozen=True, slots=True)
class Begun:
    refresh: RefreshToken
    """The first of the session."""
    ended: list[UUID]
    """The sessions that have made room for it."""


@dataclass(frozen=True, slots=True)
class Used:
    """What the use of a refresh token led to."""

    username: str
    following: RefreshToken | None
    """The next one; None where it was used before, which has ended the session."""


async def begin(
    connection: Connection, attempt: Attempt, password_hash: str, lifetime: timedelta
) -> Begun | None:
    """None when the password is no longer the one that was compared."""
    refresh = RefreshToken.of(uuid4())
    begun = await connection.fetchval(
        _BEGIN,
        attempt.username,
        password_hash,
        refresh.session_id,
        refresh.family_digest,
        refresh.digest,
        lifetime,
        attempt.address,
        attempt.user_agent,
    )
    return Begun(refresh, await end_oldest(connection, attempt.username)) if begun else None


async def end_oldest(connection: Connection, username: str) -> list[UUID]:
    """The sessions that this has ended, of whoever has more open than he may."""
    rows = await connection.fetch(_END_OLDEST, username, OPEN_LIMIT)
    return [row["session_id"] for row in rows]


async def go_on(connection: Connection, used: RefreshToken, lifetime: timedelta) -> Used | None:
    """None for what is no refresh token of a session that lives.

    Of those who use the current one at a time one goes on, and any other has ended the session.
    """
    following = used.following()
    row = await connection.fetchrow(
        _USE, used.session_id, used.family_digest, used.digest, following.digest, lifetime
    )
    return Used(row["username"], following if row["goes_on"] else None) if row else None


async def end(database: AsyncSession, session_id: UUID) -> str | None:
    """The name of the user whose session this ended; None when there was nothing to end."""
    query = update(Session).where(Session.session_id == session_id, Session.revoked_at.is_(None))
    return await database.scalar(query.values(revoked_at=func.now()).returning(Session.username))
