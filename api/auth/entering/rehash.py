"""A password's hash follows the setting: at its user's next login, who alone can tell it."""

import structlog
from asyncpg import PostgresError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.entering.passwords import Passwords
from events.database import driver, statement
from events.errors import DatabaseUnavailable

_STRENGTHEN = statement(__package__, "sql/strengthen_hash.sql")

log = structlog.get_logger(__name__)


async def strengthen(
    passwords: Passwords, engine: AsyncEngine, username: str, password: str, known: str
) -> None:
    """Replace `known` where it costs less than the setting asks for. No failure is the caller's."""
    if not passwords.is_weaker(known):
        return
    stronger = await passwords.hashed(password)
    try:
        async with driver(engine) as connection:
            await connection.execute(_STRENGTHEN, username, known, stronger)
    except (DatabaseUnavailable, PostgresError) as error:
        log.warning("password_not_rehashed", username=username, error=type(error).__name__)
    else:
        log.info("password_rehashed", username=username)
