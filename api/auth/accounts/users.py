"""Users and their roles: people, not machine clients. All in the caller's transaction."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.roles import EVERYWHERE, Role
from api.auth.staying import open_sessions
from api.auth.tables import User, UserRole
from api.errors import LastAdministrator, UnknownUser, UserExists

_IS_PERSON = User.password_hash.is_not(None)


async def add_user(
    database: AsyncSession, username: str, password_hash: str, roles: Mapping[str, Role]
) -> User:
    """Raises UserExists."""
    user = User(username=username, password_hash=password_hash, grants={}, roles=dict(roles))
    database.add(user)
    try:
        await database.flush()
    except IntegrityError as error:
        raise UserExists from error
    return user


async def list_users(
    database: AsyncSession, *, after: str = "", limit: int | None = None
) -> Sequence[User]:
    """In order of their names."""
    query = select(User).where(_IS_PERSON, User.username > after).order_by(User.username)
    return (await database.scalars(query.limit(limit))).all()


async def set_password(database: AsyncSession, username: str, password_hash: str) -> list[UUID]:
    """The sessions that this has ended. Raises UnknownUser."""
    user = await find_user(database, username)
    user.password_hash = password_hash
    await database.flush()
    return await open_sessions.end_all(database, username)


async def set_roles(database: AsyncSession, username: str, roles: Mapping[str, Role]) -> User:
    """Raises UnknownUser, LastAdministrator."""
    user = await find_user(database, username)
    if roles.get(EVERYWHERE) != "admin":
        await _keep_an_administrator(database, besides=username)
    user.roles = dict(roles)
    user.updated_at = func.now()
    await database.flush()
    return user


async def remove_user(database: AsyncSession, username: str) -> list[UUID]:
    """The sessions that this has ended. Raises UnknownUser, LastAdministrator."""
    user = await find_user(database, username)
    await _keep_an_administrator(database, besides=username)
    ended = await open_sessions.all_of(database, username)
    await database.delete(user)
    await database.flush()
    return ended


async def find_user(database: AsyncSession, username: str) -> User:
    """Locked until the transaction ends. Raises UnknownUser."""
    query = select(User).where(_IS_PERSON, User.username == username).with_for_update()
    user = await database.scalar(query)
    if user is None:
        raise UnknownUser
    return user


async def _keep_an_administrator(database: AsyncSession, *, besides: str) -> None:
    """Locks them all, so that two who leave at once can't both count on the other."""
    administrators = await database.scalars(
        select(UserRole.username)
        .join(User, User.username == UserRole.username)
        .where(_IS_PERSON, UserRole.catalog_id == EVERYWHERE, UserRole.role == "admin")
        .order_by(UserRole.username)
        .with_for_update(of=UserRole)
    )
    if list(administrators) == [besides]:
        raise LastAdministrator
