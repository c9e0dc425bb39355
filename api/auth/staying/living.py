"""What one database says of sessions: many looked up at once."""

from collections.abc import Collection, Mapping
from itertools import groupby
from uuid import UUID

from asyncpg import Record
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Kind, Principal
from events.database import driver, statement

_LIVING = statement(__package__, "sql/living_sessions.sql")


async def read_living(
    engine: AsyncEngine, session_ids: Collection[UUID]
) -> Mapping[UUID, Principal]:
    """Whose they are, of those that live. Raises DatabaseUnavailable."""
    async with driver(engine) as connection:
        rows = await connection.fetch(_LIVING, session_ids)
    sessions = groupby(sorted(rows, key=_session), key=_session)
    return {session_id: _principal(session_id, list(of_it)) for session_id, of_it in sessions}


def _session(row: Record) -> UUID:
    session_id: UUID = row["session_id"]
    return session_id


def _principal(session_id: UUID, rows: list[Record]) -> Principal:
    roles = {row["catalog_id"]: row["role"] for row in rows if row["role"]}
    kind: Kind = "client" if rows[0]["is_client"] else "user"
    return Principal(rows[0]["username"], session_id, roles, kind=kind)
