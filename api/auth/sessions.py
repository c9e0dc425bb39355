"""Sessions begin with a password, go on by refresh tokens, and end. The caller commits."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.refresh import RefreshToken
from api.auth.tables import Session, User


async def begin(
    database: AsyncSession, username: str, password_hash: str, lifetime: timedelta
) -> tuple[User, RefreshToken] | None:
    """None when the password is no longer the one that was compared."""
    query = select(User).where(User.username == username, User.password_hash == password_hash)
    user = await database.scalar(query.with_for_update(read=True))
    if user is None:
        return None
    refresh = RefreshToken.of(uuid4())
    database.add(
        Session(
            session_id=refresh.session_id,
            username=username,
            refresh_digest=refresh.digest,
            expires_at=func.now() + lifetime,
        )
    )
    return user, refresh


async def rotate(
    database: AsyncSession, used: RefreshToken, lifetime: timedelta
) -> tuple[str, RefreshToken] | None:
    """The user's name and the next refresh token; None when `used` is not the current one."""
    following = RefreshToken.of(used.session_id)
    username = await database.scalar(
        update(Session)
        .where(
            Session.session_id == used.session_id,
            Session.refresh_digest == used.digest,
            Session.revoked_at.is_(None),
            Session.expires_at > func.now(),
        )
        .values(
            refresh_digest=following.digest,
            previous_digest=used.digest,
            expires_at=func.now() + lifetime,
        )
        .returning(Session.username)
    )
    return (username, following) if username else None


async def end_reused(database: AsyncSession, used: RefreshToken) -> str | None:
    """Like `end`, for the token before the current one: two hold it, and one is a thief.

    Any other proves nothing; its session's id is no secret.
    """
    return await _end(
        database, Session.session_id == used.session_id, Session.previous_digest == used.digest
    )


async def end(database: AsyncSession, session_id: UUID) -> str | None:
    """The name of the user whose session this ended; None when there was nothing to end."""
    return await _end(database, Session.session_id == session_id)


async def _end(database: AsyncSession, *which: ColumnElement[bool]) -> str | None:
    query = update(Session).where(*which, Session.revoked_at.is_(None))
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
