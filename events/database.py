"""The one connection pool of a process, and the way to its driver.

SQLAlchemy keeps the connections, runs migrations, models and composed queries; the statements
that matter are files of SQL and go to asyncpg itself, without a layer between.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import cast

import asyncpg
from sqlalchemy import event
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.engine import AdaptedConnection, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncConnection,
    AsyncEngine,
    AsyncSession,
    create_async_engine,
)
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.util import greenlet_spawn

from events.errors import DatabaseUnavailable

type Connection = asyncpg.Connection[asyncpg.Record]

CONNECT_SECONDS = 5.0
"""To reach the server, or to be lent a connection of the pool."""
COMMAND_SECONDS = 30.0

UNAVAILABLE = (
    OSError,
    TimeoutError,
    PoolTimeout,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.SerializationError,
)
"""The last one says a replica that replays a change; nothing of ours runs so isolated that a
primary would."""


@dataclass(frozen=True, slots=True)
class PoolState:
    """Connections of a pool: lent out, waiting to be lent, and the most there may be."""

    in_use: int
    free: int
    limit: int
    waiting: int
    """Callers who have none yet."""


class CountedPool(AsyncAdaptedQueuePool):
    """Knows how many wait to be lent a connection, or for one that is being opened."""

    waiting = 0
    _sqla_logger_namespace = "sqlalchemy.pool.CountedPool"  # or its level is not SQLAlchemy's

    def _do_get(self) -> ConnectionPoolEntry:
        self.waiting += 1
        try:
            return super()._do_get()
        finally:
            self.waiting -= 1


def create_engine(
    url: str,
    *,
    pool_size: int,
    application: str,
    command_timeout: float | None = COMMAND_SECONDS,
    idle_timeout: float | None = None,
) -> AsyncEngine:
    """A pool of at most `pool_size` connections; a statement may take `command_timeout` seconds.

    A transaction may rest `idle_timeout` seconds between two statements, else as long as one may
    take: who is cut off meanwhile does not hold up others, nor does one whose machine is gone.
    What is committed on them is durable: an acknowledgement of a write means that it is on disk.
    No statement of ours runs long enough to be worth compiling.
    """
    address = make_url(url).set(drivername="postgresql+asyncpg")
    idle = idle_timeout or command_timeout or 0
    engine = create_async_engine(
        address,
        poolclass=CountedPool,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=CONNECT_SECONDS,
        json_deserializer=_as_text,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "command_timeout": command_timeout,
            "server_settings": {
                "application_name": application,
                "idle_in_transaction_session_timeout": f"{idle * 1000:.0f}ms",
                "jit": "off",
                "synchronous_commit": "on",
                "tcp_keepalives_count": "3",
                "tcp_keepalives_idle": "30",
                "tcp_keepalives_interval": "10",
                "timezone": "UTC",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


@asynccontextmanager
async def pool(
    url: str,
    *,
    application: str,
    pool_size: int = 2,
    command_timeout: float | None = COMMAND_SECONDS,
    idle_timeout: float | None = None,
) -> AsyncIterator[AsyncEngine]:
    """An engine for as long as the block runs."""
    engine = create_engine(
        url,
        pool_size=pool_size,
        application=application,
        command_timeout=command_timeout,
        idle_timeout=idle_timeout,
    )
    try:
        yield engine
    finally:
        await engine.dispose()


def _as_text(json: str) -> str:
    """JSON is sent and hashed as it was stored; who needs its content decodes it."""
    return json


def _refuse_closed(dbapi_connection: AdaptedConnection, *_: object) -> None:
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError


@contextmanager
def translated() -> Iterator[None]:
    """Raises `DatabaseUnavailable` for all that says so in the words of a layer below."""
    try:
        yield
    except (DBAPIError, AsyncAdapt_asyncpg_dbapi.Error) as error:
        adapted = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(getattr(adapted, "__cause__", None), UNAVAILABLE):
            raise DatabaseUnavailable from error
        raise
    except UNAVAILABLE as error:
        raise DatabaseUnavailable from error


@asynccontextmanager
async def driver(engine: AsyncEngine) -> AsyncIterator[Connection]:
    """A pooled connection as asyncpg's own, for the statements that are files of SQL.

    Straight from the pool, without the layers of `connected`: those cost as much as a query.
    Raises `DatabaseUnavailable` when the server is gone, going, full or not yet up.
    """
    with translated():
        lent = await engine.raw_connection()
        connection = cast("Connection", lent.driver_connection)
        try:
            yield connection
        except BaseException as error:
            if not isinstance(error, Exception) or isinstance(error, UNAVAILABLE):
                connection.terminate()  # it may be anywhere, in a transaction too: nobody else's
            raise
        finally:
            await greenlet_spawn(lent.close)


@asynccontextmanager
async def connected(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A pooled connection for composed queries. Raises `DatabaseUnavailable`."""
    with translated():
        async with engine.connect() as connection:
            yield connection


@asynccontextmanager
async def session(engine: AsyncEngine) -> AsyncIterator[AsyncSession]:
    """A unit of work over models, in one transaction. Raises `DatabaseUnavailable`."""
    with translated():
        async with AsyncSession(engine, expire_on_commit=False) as made, made.begin():
            yield made


def pool_state(engine: AsyncEngine) -> PoolState:
    pool = cast("CountedPool", engine.sync_engine.pool)
    return PoolState(
        in_use=pool.checkedout(), free=pool.checkedin(), limit=pool.size(), waiting=pool.waiting
    )


def statement(package: str, name: str) -> str:
    """The SQL in `name`, a file beside the Python of `package`."""
    return files(package).joinpath(name).read_text(encoding="utf-8")
