"""Brings a database to the newest schema. Several processes may try at once: one does it.

Beside the tables it makes what every database of ours has: the first generation of read tables, the
key that signs tokens and the one that signs the log's checkpoints.
"""

import asyncio
from importlib.resources import files
from time import monotonic
from typing import cast

from alembic import command
from alembic.config import Config
from asyncpg import LockNotAvailableError, PostgresError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from api.auth.signing.rotation import ensure_signing_key
from events.database import Connection as Driver
from events.database import connected, pool
from events.log_keys import ensure_log_key
from events.log_name import DEFAULT_LOG_NAME
from migrations.errors import MigrationBlocked
from projections.generations import ensure_live

LOCK = 4_213_370_001
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 1.0
"""In which those go on who waited behind a migration that waited."""

# Twice as long as PostgreSQL waits before it has an autovacuum give way (`deadlock_timeout`).
_BRIEFLY = text("set local lock_timeout = '2s'")


async def upgrade(
    url: str, *, log_name: str = DEFAULT_LOG_NAME, patience_seconds: float = PATIENCE_SECONDS
) -> str:
    """Migrate the database at `url`; its user must own the schemas (and may create roles).

    A database that has no log key yet gets one, named `log_name` for good. Returns its key's name.
    Whoever reads and writes meanwhile waits for two seconds at a time. Raises `MigrationBlocked`.
    """
    until = monotonic() + patience_seconds
    async with pool(url, application="catalog-migrate", command_timeout=None) as engine:
        while True:
            try:
                return await _upgraded(engine, log_name)
            except (DBAPIError, PostgresError) as error:
                if not _is_blocked(error):
                    raise
                if monotonic() > until:
                    raise MigrationBlocked from error
            await asyncio.sleep(PAUSE_SECONDS)


async def _upgraded(engine: AsyncEngine, log_name: str) -> str:
    async with connected(engine) as connection, connection.begin():
        await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.execute(_BRIEFLY)
        await connection.run_sync(_to_head)
        await ensure_live(await _driver(connection))
        await ensure_signing_key(connection)
        return await ensure_log_key(connection, log_name)


def _is_blocked(error: DBAPIError | PostgresError) -> bool:
    cause = getattr(error.orig, "__cause__", None) if isinstance(error, DBAPIError) else error
    return isinstance(cause, LockNotAvailableError)


async def _driver(connection: AsyncConnection) -> Driver:
    """The same connection, in the same transaction, as asyncpg's own."""
    return cast("Driver", (await connection.get_raw_connection()).driver_connection)


def _to_head(connection: Connection) -> None:
    command.upgrade(config(connection), "head")


def config(connection: Connection) -> Config:
    made = Config()
    made.set_main_option("script_location", str(files(__package__)))
    made.attributes["connection"] = connection
    return made
