"""A worker is killed in the middle of its work, while writes go on, and another one begins."""

import asyncio
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from events.nudge import connect
from projections.cached import state_key
from projections.generations import FIRST, schema_of
from tests.eventually import eventually
from tests.exactness import assert_exact
from tests.given import checkpoint
from tests.holding import WORKER, held, waits
from tests.redis_process import redis_process
from tests.traffic import traffic
from tests.worker_process import LEASE_SECONDS, worker
from workers.worker import run

FORKING = get_context("forkserver")
KILLS = 20
BATCH = 25
LATEST_SECONDS = 0.05
NO_ROWS = f"lock table {schema_of(FIRST)}.product_prices in share mode"


@contextmanager
def forked(settings: Settings) -> Iterator[ForkServerProcess]:
    """A worker that is there at once: what it consists of is imported only once."""
    FORKING.set_forkserver_preload(["workers.worker"])
    process = FORKING.Process(target=run, args=(settings,))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


async def moves(engine: AsyncEngine, beyond: int) -> None:
    async def beyond_that() -> bool:
        return await checkpoint(engine) > beyond

    await eventually(beyond_that)


async def test_before_the_commit(settings: Settings, engine: AsyncEngine, tmp_path: Path) -> None:
    redis_url = settings.redis_url.get_secret_value()
    async with traffic(engine, redis_url):
        with worker(settings, tmp_path) as process:
            await moves(engine, 0)
            async with held(engine, NO_ROWS):
                await waits(engine, WORKER, "product_prices")
                reached = await checkpoint(engine)
                process.end(signal.SIGKILL)
            assert await checkpoint(engine) == reached
        with worker(settings, tmp_path):
            await moves(engine, reached)
    with worker(settings, tmp_path):
        await assert_exact(engine, redis_url)


async def test_after_the_commit_and_before_redis(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    async with own_redis(settings) as (redis, own):
        redis_url = own.redis_url.get_secret_value()

        async def published() -> bool:
            return bool(await redis.exists(state_key("main")))

        async with traffic(engine, redis_url):
            with worker(own, tmp_path) as process:
                await eventually(published)
                await redis.client_pause(60_000, all=False)
                await moves(engine, await checkpoint(engine))
                process.end(signal.SIGKILL)
                await redis.client_unpause()
                state = await redis.get(state_key("main"))
                assert int(state.split()[1]) < await checkpoint(engine)
            with worker(own, tmp_path):
                await moves(engine, await checkpoint(engine))
        with worker(own, tmp_path):
            await assert_exact(engine, redis_url)


@asynccontextmanager
async def own_redis(settings: Settings) -> AsyncIterator[tuple[Redis, Settings]]:
    """One that may be held up, as it is nobody else's."""
    with redis_process() as process:
        async with connect(process.url) as redis:
            yield redis, settings.model_copy(update={"redis_url": SecretStr(process.url)})


async def test_at_any_point_again_and_again(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    redis_url = settings.redis_url.get_secret_value()
    small = {"projection_batch_limit": BATCH, "lease_seconds": LEASE_SECONDS, "worker_port": 0}
    quiet = settings.model_copy(update=small | {"log_level": "error"})
    async with traffic(engine, redis_url) as flowing:
        for _ in range(KILLS):
            with forked(quiet) as process:
                await moves(engine, await checkpoint(engine))
                await asyncio.sleep(flowing.chance.uniform(0, LATEST_SECONDS))
                process.kill()
    with worker(settings, tmp_path):
        await assert_exact(engine, redis_url)
