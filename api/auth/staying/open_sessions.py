"""The sessions of one user or client that are open: looked at, and ended. The caller commits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, func, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.tables import Session, User
from api.errors import UnknownSession, UnknownUser


class Place(msgspec.Struct, frozen=True):
    created_at: datetime
    session_id: UUID


async def page(
    database: AsyncSession, username: str, *, limit: int, after: Place | None
) -> tuple[Sequence[Session], Place | None]:
    """The newest first, and the place behind which there are more."""
    query = select(Session).where(*_open(username))
    if after:
        behind = tuple_(Session.created_at, Session.session_id)
        query = query.where(behind < (after.created_at, after.session_id))
    order = (Session.created_at.desc(), Session.session_id.desc())
    found = (await database.scalars(query.order_by(*order).limit(limit + 1))).all()
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], Place(last.created_at, last.session_id)


async def end_one(database: AsyncSession, username: str, session_id: UUID) -> None:
    """Raises UnknownSession, also for another's."""
    if not await _end(database, *_open(username), Session.session_id == session_id):
        raise UnknownSession


async def end_all(
    database: AsyncSession, username: str, *, besides: UUID | None = None
) -> list[UUID]:
    """The sessions that this has ended."""
    others = [Session.session_id != besides] if besides else []
    return await _end(database, *_open(username), *others)


async def all_of(database: AsyncSession, username: str) -> list[UUID]:
    return list(await database.scalars(select(Session.session_id).where(*_open(username))))


async def require_user(database: AsyncSession, username: str) -> None:
    """A person or a client. Raises UnknownUser."""
    if await database.scalar(select(User.username).where(User.username == username)) is None:
        raise UnknownUser


def _open(username: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Session.username == username,
        Session.revoked_at.is_(None),
        Session.expires_at > func.now(),
    )


async def _end(database: AsyncSession, *which: ColumnElement[bool]) -> list[UUID]:
    query = update(Session).where(*which).values(revoked_at=func.now())
    return list(await database.scalars(query.returning(Session.session_id)))
