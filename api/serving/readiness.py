"""Whether a process can do its work: what its side needs, asked with a deadline, for all who ask.

A balancer takes away who is `unavailable`. So that is what this process lacks alone, or what
nothing can be done without: reads of the query side outlive an outage of PostgreSQL (ADR 11), and
siblings that are all taken away for it would serve nobody.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from time import monotonic
from typing import Literal

from asyncpg import PostgresError
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.signing.keys import KeyRing
from api.outputs import Health
from api.settings import Settings, Side
from events.database import driver, pool, statement
from events.errors import DatabaseUnavailable
from projections.projector import read_progress
from queries.single_flight import SingleFlight

DEADLINE_SECONDS = 2.0
SHARED_SECONDS = 0.5
"""For which an answer serves all who ask: balancers ask each second, from many places."""
LATE_SECONDS = 10.0
"""A projection that lags so long has no worker, or not enough of it."""

_HAS_LIVE_GENERATION = statement(__package__, "sql/has_live_generation.sql")

type State = Literal["ok", "degraded", "unavailable"]
type Check = Callable[[], Awaitable[State]]

_STOPPING = Health(status="unavailable", checks={"process": "unavailable"})


class Readiness:
    def __init__(self, side: Side, checks: Mapping[str, Check]) -> None:
        """`checks` by their names in answers; each may take long, and may fail."""
        self._side = side
        self._checks = checks
        self._is_stopping = False
        self._looking = SingleFlight[Side, Health]()
        self._seen: tuple[Health, float] | None = None

    def stop(self) -> None:
        """From now on nobody is to be sent here."""
        self._is_stopping = True

    async def health(self) -> Health:
        if self._is_stopping:
            return _STOPPING
        if self._seen and monotonic() - self._seen[1] < SHARED_SECONDS:
            return self._seen[0]
        return await self._looking(self._side, self._look)

    async def _look(self) -> Health:
        states = await asyncio.gather(*map(_in_time, self._checks.values()))
        checks = dict(zip(self._checks, states, strict=True))
        health = Health(status=status(self._side, checks), checks=checks)
        self._seen = health, monotonic()
        return health


async def _in_time(check: Check) -> State:
    """A database that refuses the question is as good as none: nobody has migrated it yet."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            return await check()
    except (DatabaseUnavailable, PostgresError, RedisError, OSError):
        return "unavailable"


def status(side: Side, checks: Mapping[str, State]) -> State:
    """What all of them together mean to a process of that side."""
    away = {name for name, state in checks.items() if state == "unavailable"}
    needed = {"keys"} if side == "queries" else {"keys", "database"}
    source = "query_database" if "query_database" in checks else "database"
    nothing_to_read = {"redis", source} <= away
    if away & needed or (side != "commands" and nothing_to_read):
        return "unavailable"
    return "ok" if all(state == "ok" for state in checks.values()) else "degraded"


@asynccontextmanager
async def opened(settings: Settings, redis: Redis, keys: KeyRing) -> AsyncIterator[Readiness]:
    """On connections of its own: a pool that is busy keeps no balancer waiting."""
    async with AsyncExitStack() as stack:
        url = settings.database_url.get_secret_value()
        primary = await stack.enter_async_context(_connection(url))
        checks: dict[str, Check] = {
            "database": lambda: _database(primary),
            "keys": lambda: _keys(keys),
            "redis": lambda: _redis(redis),
        }
        if settings.side != "commands":
            read = primary
            if settings.query_database_url:
                read = await stack.enter_async_context(_connection(settings.query_url))
                checks["query_database"] = lambda: _database(read)
            checks["projection"] = lambda: _projection(read)
        yield Readiness(settings.side, checks)


def _connection(url: str) -> AbstractAsyncContextManager[AsyncEngine]:
    return pool(url, application="catalog-health", pool_size=1, command_timeout=DEADLINE_SECONDS)


async def _database(engine: AsyncEngine) -> State:
    """Without a live generation nobody has migrated it."""
    async with driver(engine) as connection:
        return "ok" if await connection.fetchval(_HAS_LIVE_GENERATION) else "unavailable"


async def _keys(keys: KeyRing) -> State:
    """Those that verify tokens: who knows none yet lets nobody in while PostgreSQL is away."""
    await keys.every_public()
    return "ok"


async def _redis(redis: Redis) -> State:
    await redis.ping()
    return "ok"


async def _projection(engine: AsyncEngine) -> State:
    """Reads work, but show what was true a while ago."""
    async with driver(engine) as connection:
        progress = await read_progress(connection)
    return "degraded" if any(each.lag_seconds > LATE_SECONDS for each in progress) else "ok"
