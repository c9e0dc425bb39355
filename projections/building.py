"""Who builds a generation, and what becomes of one that nobody builds or reads any more."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver, statement
from events.errors import DatabaseUnavailable
from projections.code import code_digest
from projections.errors import AlreadyBuilding
from projections.generations import build, drop

HELD = timedelta(seconds=10)
"""How long a builder that says nothing is taken to live."""
RENEW_SECONDS = 1.0

_FIND_BUILDING = statement(__package__, "sql/find_building.sql")
_INSERT_BUILDING = statement(__package__, "sql/insert_building.sql")
_RENEW = statement(__package__, "sql/renew_building.sql")
_FIND_UNUSED = statement(__package__, "sql/find_unused.sql")
_FORGET = statement(__package__, "sql/forget_generation.sql")


async def begin(connection: Connection, holder: str) -> int:
    """Make the tables of another generation: its number. Raises `AlreadyBuilding`.

    What an interrupted rebuild has left is removed.
    """
    try:
        async with connection.transaction():
            return await _begin(connection, holder)
    except asyncpg.UniqueViolationError as error:
        raise AlreadyBuilding from error


async def _begin(connection: Connection, holder: str) -> int:
    for found in await connection.fetch(_FIND_BUILDING):
        if found["alive"]:
            raise AlreadyBuilding(generation=found["generation"], holder=found["holder"])
        await remove(connection, found["generation"])
    generation: int = await connection.fetchval(_INSERT_BUILDING, code_digest(), holder, HELD)
    await build(connection, generation)
    return generation


@asynccontextmanager
async def held(
    engine: AsyncEngine, generation: int, holder: str, progress: Callable[[], float] = lambda: 0.0
) -> AsyncIterator[None]:
    """Say that its builder lives, and how far it is, while the block runs.

    If that can't be said for too long, the switch is refused.
    """
    renewing = asyncio.create_task(_renew(engine, generation, holder, progress))
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing


async def _renew(
    engine: AsyncEngine, generation: int, holder: str, progress: Callable[[], float]
) -> None:
    while True:
        with suppress(DatabaseUnavailable, asyncpg.PostgresError):
            async with driver(engine) as connection:
                await connection.execute(_RENEW, generation, holder, HELD, progress())
        await asyncio.sleep(RENEW_SECONDS)


async def clean(connection: Connection, keep: timedelta) -> list[int]:
    """Remove what interrupted rebuilds left, and what was read until longer than `keep` ago."""
    found = [row["generation"] for row in await connection.fetch(_FIND_UNUSED, keep)]
    for generation in found:
        async with connection.transaction():
            await remove(connection, generation)
    return found


async def remove(connection: Connection, generation: int) -> None:
    await connection.execute("set local lock_timeout = '5s'")
    await drop(connection, generation)
    await connection.execute(_FORGET, generation)
