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
from projections.errors import AlreadyBuilding, BuildLost, NothingToRollBack
from projections.generations import build, drop, index
from projections.leases import LeaseLost

HELD = timedelta(seconds=10)
"""How long a builder that says nothing is taken to live."""
RENEW_SECONDS = 1.0

_FIND_BUILDING = statement(__package__, "sql/find_building.sql")
_INSERT_BUILDING = statement(__package__, "sql/insert_building.sql")
_TAKE_UP = statement(__package__, "sql/take_up_retired.sql")
_RENEW = statement(__package__, "sql/renew_building.sql")
_HOLD_BUILDING = statement(__package__, "sql/hold_building.sql")
_FIND_UNUSED = statement(__package__, "sql/find_unused.sql")
_PUT_BACK = statement(__package__, "sql/put_back_retired.sql")
_FORGET = statement(__package__, "sql/forget_generation.sql")
_FORGET_PARKED = statement(__package__, "sql/forget_parked.sql")
_PATIENT = "set local lock_timeout = '5s'"

_LOST = (LeaseLost, asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError)
"""What a builder meets who was taken for dead."""


async def begin(connection: Connection, holder: str) -> int:
    """Make the tables of another generation: its number. Raises `AlreadyBuilding`."""
    async with _alone(connection):
        generation: int = await connection.fetchval(_INSERT_BUILDING, code_digest(), holder, HELD)
        await build(connection, generation)
    return generation


async def start_over(connection: Connection, generation: int) -> None:
    """Empty its tables, which then have their keys and indexes from the beginning."""
    async with connection.transaction():
        await drop(connection, generation)
        await connection.execute(_FORGET_PARKED, generation)
        await build(connection, generation)
        await index(connection, generation)


async def take_up(connection: Connection, holder: str) -> int:
    """The generation of this code that was read last. Raises `NothingToRollBack`, too."""
    async with _alone(connection):
        generation: int | None = await connection.fetchval(_TAKE_UP, code_digest(), holder, HELD)
    if generation is None:
        raise NothingToRollBack
    return generation


@asynccontextmanager
async def _alone(connection: Connection) -> AsyncIterator[None]:
    """A transaction in which nobody else builds; what an interrupted builder has left is ended."""
    try:
        async with connection.transaction():
            await connection.execute(_PATIENT)
            for found in await connection.fetch(_FIND_BUILDING):
                if found["alive"]:
                    raise AlreadyBuilding(generation=found["generation"], holder=found["holder"])
                await _end(connection, found["generation"])
            yield
    except (asyncpg.UniqueViolationError, asyncpg.LockNotAvailableError) as error:
        raise AlreadyBuilding from error


@asynccontextmanager
async def held(
    engine: AsyncEngine, generation: int, holder: str, progress: Callable[[], float] = lambda: 0.0
) -> AsyncIterator[None]:
    """Say that its builder lives, and how far it is, while the block runs; if that fails, end it.

    Who can't say so for too long is taken for dead. Raises `BuildLost`.
    """
    renewing = asyncio.create_task(_renew(engine, generation, holder, progress))
    try:
        yield
    except BaseException as error:
        await _give_up(engine, generation, holder)
        if isinstance(error, _LOST):
            raise BuildLost(generation=generation) from error
        raise
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


async def _give_up(engine: AsyncEngine, generation: int, holder: str) -> None:
    """Unless it is read already, or somebody else's. What can't be done now is done by `clean`."""
    with suppress(DatabaseUnavailable, asyncpg.PostgresError):
        async with driver(engine) as connection, connection.transaction():
            await connection.execute(_PATIENT)
            if await connection.fetchval(_HOLD_BUILDING, generation, holder):
                await _end(connection, generation)


async def clean(connection: Connection, keep: timedelta) -> list[int]:
    """Remove what interrupted builders left, and what was read until longer than `keep` ago."""
    removed: list[int] = []
    while True:
        async with connection.transaction():
            await connection.execute(_PATIENT)
            found = await connection.fetchval(_FIND_UNUSED, keep)
            if found is None:
                return removed
            removed += [found] if await _end(connection, found) else []


async def _end(connection: Connection, generation: int) -> bool:
    """Whether it was removed: one that an interrupted rollback took up is kept for another."""
    if await connection.fetchval(_PUT_BACK, generation):
        return False
    await drop(connection, generation)
    await connection.execute(_FORGET, generation)
    return True
