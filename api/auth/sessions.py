"""Sessions begin with a password, go on by refresh tokens, and end. The caller commits."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.attempts import Attempt
from api.auth.refresh import RefreshToken
from api.auth.tables import Session, User
from events.database import Connection, statement

_USE = statement(__package__, "sql/use_refresh_token.sql")


@dataclass(frozen=True, slots=True)
class Used:
    """What the use of a refresh token led to."""

    username: str
    following: RefreshToken | None
    """The next one; None where it was used before, which has ended the session."""


async def begin(
    database: AsyncSession, attempt: Attempt, password_hash: str, lifetime: timedelta
) -> RefreshToken | None:
    """The first refresh token; None when the password is no longer the one that was compared."""
    query = select(User).where(
        User.username == attempt.username, User.password_hash == password_hash
    )
    user = await database.scalar(query.with_for_update(read=True))
    if user is None:
        return None
    refresh = RefreshToken.of(uuid4())
    database.add(
        Session(
            session_id=refresh.session_id,
            username=user.username,
            family_digest=refresh.family_digest,
            refresh_digest=refresh.digest,
            expires_at=func.now() + lifetime,
            address=attempt.address,
            user_agent=attempt.user_agent,
        )
    )
    return refresh


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


async def end_all_of(database: AsyncSession, username: str) -> list[UUID]:
    query = update(Session).where(Session.username == username, Session.revoked_at.is_(None))
    ended = await database.scalars(
        query.values(revoked_at=func.now()).returning(Session.session_id)
    )
    return list(ended)


async def all_of(database: AsyncSession, username: str) -> list[UUID]:
    """The sessions that may still be used."""
    query = select(Session.session_id).where(
        Session.username == username,
        Session.revoked_at.is_(None),
        Session.expires_at > func.now(),
    )
    return list(await database.scalars(query))
