"""Back to the generation that was read before, which is brought up to date first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver, statement
from events.errors import DatabaseUnavailable
from events.log import read_heads
from projections.building import HELD, held
from projections.code import code_digest
from projections.errors import AlreadyBuilding, NothingToRollBack
from projections.rebuild import catch_up_all, go_live, take_leases
from projections.switching import Built

_TAKE_UP = statement(__package__, "sql/take_up_retired.sql")
_PUT_BACK = statement(__package__, "sql/put_back_retired.sql")


async def roll_back(engine: AsyncEngine, redis: Redis, holder: str) -> int:
    """The generation that is read now. Raises `NothingToRollBack`, and as `rebuild` does."""
    async with _taken_up(engine, holder) as generation, held(engine, generation, holder):
        async with driver(engine) as connection:
            heads = await read_heads(connection)
            leases = await take_leases(connection, generation, heads, holder)
        stood = {catalog: lease.checkpoint for catalog, lease in leases.items()}
        positions = await catch_up_all(engine, leases, stood)
        await go_live(engine, redis, Built(generation, holder, leases, positions))
    return generation


@asynccontextmanager
async def _taken_up(engine: AsyncEngine, holder: str) -> AsyncIterator[int]:
    try:
        async with driver(engine) as connection:
            generation = await connection.fetchval(_TAKE_UP, code_digest(), holder, HELD)
    except asyncpg.UniqueViolationError as error:
        raise AlreadyBuilding from error
    if generation is None:
        raise NothingToRollBack
    try:
        yield generation
    except BaseException:
        with suppress(DatabaseUnavailable):
            async with driver(engine) as connection:
                await connection.execute(_PUT_BACK, generation, holder)
        raise
