"""What is read is what was written: tables equal to a rebuild, and a cache that agrees."""

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.nudge import connect
from projections.cached import state_key
from projections.projector import Progress, read_progress
from queries.document import Document
from tests.eventually import eventually
from tests.reading import cached, read
from tests.rebuilding import all_rows, live, rebuilt, states


async def assert_exact(engine: AsyncEngine, redis_url: str) -> None:
    """Once a worker has applied all that nobody adds to any more, and has told Redis of it."""
    await settled(engine, redis_url)
    await assert_cache_agrees(engine, redis_url)
    before = await live(engine)
    async with connect(redis_url) as redis:
        made = await rebuilt(engine, redis)
    assert made.differences == []
    assert await all_rows(engine, before) == await all_rows(engine, made.generation)
    assert {each.parked for each in await _progress(engine)} == {0}
    assert "building" not in (await states(engine)).values()


async def settled(engine: AsyncEngine, redis_url: str) -> None:
    """All is applied, and Redis knows it: no further than PostgreSQL, and no less far."""

    async def is_settled() -> bool:
        progress = await _progress(engine)
        applied = all(each.lag_events == 0 for each in progress)
        return applied and await _told(redis_url) == [each.checkpoint for each in progress]

    async def _told(url: str) -> list[int]:
        async with connect(url) as redis:
            keys = [state_key(each.catalog) for each in await _progress(engine)]
            return [int(state.split()[1]) if state else -1 for state in await redis.mget(keys)]

    await eventually(is_settled)


async def assert_cache_agrees(engine: AsyncEngine, redis_url: str) -> None:
    """Every product: as the cache has it, and as it has it after it was read."""
    async with connect(redis_url) as redis, driver(engine) as connection:
        for row in await connection.fetch(
            "select catalog_id, product_id, version, document::text from read.product_details"
        ):
            catalog, product, version, body = row
            right = Document(version, body.encode())
            assert await cached(redis, product, catalog) in {None, right}, product
            found = (await read(engine, redis, product, catalog)).value
            assert found is not None
            assert (found.version, found.body) == (version, body.encode())
            assert await cached(redis, product, catalog) in {None, right}, product


async def _progress(engine: AsyncEngine) -> list[Progress]:
    async with driver(engine) as connection:
        return await read_progress(connection)
