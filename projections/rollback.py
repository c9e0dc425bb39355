"""Back to the generation that was read before, which is brought up to date first."""

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from projections.building import held, take_up
from projections.meeting import Built
from projections.rebuild import go_live


async def roll_back(engine: AsyncEngine, redis: Redis, holder: str) -> int:
    """The generation that is read now. Raises `NothingToRollBack`, and as `rebuild` does."""
    async with driver(engine) as connection:
        built = Built(await take_up(connection, holder), holder)
    async with held(engine, built.generation, holder):
        await go_live(engine, redis, built)
    return built.generation
