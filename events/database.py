"""The one connection pool of a process, and the way to its driver.

SQLAlchemy keeps the connections, runs migrations, models and composed queries; the statements
that matter are files of SQL and go to asyncpg itself, without a layer between.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, cast

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

type Connection = asyncpg.Connection[asyncpg.Record]

UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
)
"""What asyncpg raises when the server is gone, going, full or not yet up."""


@dataclass(frozen=True, slots=True)
class PoolState:
    """Connections of a pool: lent out, waiting to be lent, and the most there may be."""

    in_use: int
    free: int
    limit: int


def create_engine(
    url: str, *, pool_size: int, application: str, timeout: float = 5.0
) -> AsyncEngine:
    """A pool of at most `pool_size` connections; `timeout` seconds to connect or to be lent one."""
    address = make_url(url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(
        address,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=timeout,
        connect_args={
            "timeout": timeout,
            "server_settings": {"application_name": application, "timezone": "UTC"},
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(dbapi_connection: Any, *_: object) -> None:
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError


@asynccontextmanager
async def driver(engine: AsyncEngine) -> AsyncIterator[Connection]:
    """A pooled connection as asyncpg's own, for the statements that are files of SQL."""
    async with engine.connect() as connection:
        yield await driver_of(connection)


async def driver_of(connection: AsyncConnection) -> Connection:
    raw = await connection.get_raw_connection()
    return cast("Connection", raw.driver_connection)


def pool_state(engine: AsyncEngine) -> PoolState:
    pool = cast("QueuePool", engine.sync_engine.pool)
    return PoolState(in_use=pool.checkedout(), free=pool.checkedin(), limit=pool.size())


def statement(package: str, name: str) -> str:
    """The SQL in `name`, a file beside the Python of `package`."""
    return files(package).joinpath(name).read_text(encoding="utf-8")
