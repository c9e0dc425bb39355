"""Machine clients: users without a password. Each function works in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.auth.entering.client_secrets import digest_of, new_secret
from api.auth.roles import Role
from api.auth.staying import open_sessions
from api.auth.tables import Client, User
from api.errors import UnknownClient, UserExists


async def add_client(
    database: AsyncSession,
    client_id: str,
    roles: Mapping[str, Role],
    expires_at: datetime | None,
    *,
    by: str,
) -> tuple[Client, str]:
    """The client and its secret, which nobody is told again. Raises UserExists."""
    secret = new_secret()
    user = User(username=client_id, password_hash=None, grants={}, roles=dict(roles))
    client = Client(
        user=user, secret_digest=digest_of(secret), created_by=by, expires_at=expires_at
    )
    database.add(client)
    try:
        await database.flush()
    except IntegrityError as error:
        raise UserExists from error
    return client, secret


async def list_clients(
    database: AsyncSession, *, after: str = "", limit: int | None = None
) -> Sequence[Client]:
    """In order of their ids."""
    query = select(Client).where(Client.client_id > after).order_by(Client.client_id)
    return (await database.scalars(query.limit(limit))).all()


async def find_client(database: AsyncSession, client_id: str) -> Client:
    """Locked until the transaction ends. Raises UnknownClient."""
    query = select(Client).where(Client.client_id == client_id).with_for_update(of=Client)
    client = await database.scalar(query)
    if client is None:
        raise UnknownClient
    return client


def set_roles(client: Client, roles: Mapping[str, Role]) -> None:
    client.user.roles = dict(roles)
    client.user.updated_at = func.now()


async def renew_secret(database: AsyncSession, client: Client) -> tuple[str, list[UUID]]:
    """The new secret, and the sessions that this has ended."""
    secret = new_secret()
    client.secret_digest = digest_of(secret)
    await database.flush()
    return secret, await open_sessions.end_all(database, client.client_id)


async def remove_client(database: AsyncSession, client: Client) -> list[UUID]:
    """The sessions that this has ended."""
    ended = await open_sessions.all_of(database, client.client_id)
    await database.delete(client.user)
    await database.flush()
    return ended
