"""The worker while what it needs is away."""

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from events.database import driver
from events.nudge import connect
from events.product import ProductRegistered
from tests import reading
from tests.eventually import eventually
from tests.given import Log, checkpoint
from tests.proxy import proxy
from tests.redis_process import RedisProcess, redis_process
from tests.worker_process import WorkerProcess, worker
from workers.worker import POOL_SIZE

numbers = count(1)


@pytest.fixture
def redis() -> Iterator[RedisProcess]:
    with redis_process() as process:
        yield process


@pytest.fixture
def here(settings: Settings, redis: RedisProcess) -> Settings:
    return settings.model_copy(update={"redis_url": SecretStr(redis.url)})


async def apply_one(engine: AsyncEngine) -> UUID:
    """Append a product, and wait until it is projected."""
    product = UUID(int=next(numbers))
    new = ProductRegistered(sku=f"P-{product.int}", name="P", attributes={})
    head = await Log(engine).given(product, new)

    async def caught_up() -> bool:
        return await checkpoint(engine) == head

    await eventually(caught_up)
    return product


async def test_it_goes_on_projecting_without_redis_and_tells_it_when_it_is_back(
    here: Settings, engine: AsyncEngine, redis: RedisProcess, tmp_path: Path
) -> None:
    with worker(here, tmp_path) as process:
        await process.is_ready()
        for _ in range(3):
            product = await apply_one(engine)
            await published(redis, product)
            redis.stop()
            missed = await apply_one(engine)
            assert await process.ready()
            redis.start()
            await announced(redis, await checkpoint(engine))
            assert await cached(redis, missed) is None
        redis.stop()
        assert await asyncio.to_thread(process.end) == 0


async def cached(redis: RedisProcess, product: UUID) -> int | None:
    async with connect(redis.url) as client:
        found = await reading.cached(client, product)
    return found.version if found else None


async def published(redis: RedisProcess, product: UUID) -> None:
    async def there() -> bool:
        return await cached(redis, product) == 1

    await eventually(there)


async def announced(redis: RedisProcess, position: int) -> None:
    async def told() -> bool:
        async with connect(redis.url) as client:
            found = await reading.vouched(client)
        return found is not None and found.position == position

    await eventually(told)


async def test_it_survives_the_end_of_its_connections(
    here: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    with worker(here, tmp_path) as process:
        await process.is_ready()
        for _ in range(5):
            await apply_one(engine)
            assert 0 < await end_connections(engine) <= POOL_SIZE
        await apply_one(engine)
        assert await asyncio.to_thread(process.end) == 0


async def end_connections(engine: AsyncEngine) -> int:
    async with driver(engine) as connection:
        ended = await connection.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where application_name = 'catalog-worker' and datname = current_database()"
        )
    return len(ended)


async def test_it_says_so_while_its_database_is_away(
    here: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    async with proxy(here.database_url.get_secret_value()) as between:
        through = here.model_copy(update={"database_url": SecretStr(between.url)})
        with worker(through, tmp_path) as process:
            await process.is_ready()
            await between.stop()
            await eventually(lambda: is_unready(process))
            assert (await process.get("/health/live")).status_code == 200
            await between.start()
            await process.is_ready()
            await apply_one(engine)
            await between.stop()
            assert await asyncio.to_thread(process.end) == 0


async def is_unready(process: WorkerProcess) -> bool:
    answer = await process.get("/health/ready")
    return answer.status_code == 503 and answer.json()["checks"] == {"projector": "unavailable"}


async def test_a_job_that_runs_when_it_is_told_to_end_is_finished(
    here: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    async with engine.begin() as blocking:
        await blocking.execute(text("lock table event_store.idempotency"))
        with worker(here, tmp_path) as process:
            await process.is_ready()
            await eventually(lambda: a_job_waits(engine))
            ending = asyncio.create_task(asyncio.to_thread(process.end))
            await asyncio.sleep(0.5)
            assert not ending.done()
            await blocking.rollback()
            assert await ending == 0
            assert '"event": "pruned"' in process.said


async def a_job_waits(engine: AsyncEngine) -> bool:
    async with driver(engine) as connection:
        found = await connection.fetchval(
            "select exists (select from pg_stat_activity where wait_event_type = 'Lock'"
            " and datname = current_database() and application_name = 'catalog-worker')"
        )
    return bool(found)
