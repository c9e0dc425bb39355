"""The queue of jobs, across outages of Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from commands.job_hints import hint
from events.nudge import connect
from tests.asked_jobs import KIND, Stocktaking, asked, runner
from tests.eventually import eventually
from tests.redis_process import RedisProcess, redis_process
from workers import queue as queues
from workers.queue import Queue
from workers.uploads import Uploads

PRUNE = "cron:prune_expired"
NO_UPLOADS = Uploads(Path("/nowhere"))


@pytest.fixture
def redis() -> Iterator[RedisProcess]:
    with redis_process() as process:
        yield process


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queues, "RECONNECT_SECONDS", 0.05)


@asynccontextmanager
async def running(
    redis: RedisProcess, engine: AsyncEngine, wake: Callable[[], None] = lambda: None
) -> AsyncIterator[Queue]:
    queue = Queue(redis.url, engine, wake, NO_UPLOADS)
    task = asyncio.create_task(queue.run())
    try:
        yield queue
    finally:
        queue.stop()
        async with asyncio.timeout(10):
            await task


async def a_key_to_prune(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into event_store.idempotency values"
                " ('main', 'old', '', gen_random_uuid(), 1, 1, now() - interval '2 days')"
            )
        )


async def is_pruned(engine: AsyncEngine) -> bool:
    async with engine.connect() as connection:
        count = await connection.scalar(text("select count(*) from event_store.idempotency"))
    return not count


async def pruned(engine: AsyncEngine) -> None:
    await eventually(lambda: is_pruned(engine))


async def ask_to_prune(redis: RedisProcess) -> None:
    client = ArqRedis(ConnectionPool.from_url(redis.url))
    await client.enqueue_job(PRUNE)
    await client.aclose(close_connection_pool=True)


async def test_it_is_begun_again_after_redis_was_away(
    redis: RedisProcess, engine: AsyncEngine
) -> None:
    async with running(redis, engine):
        for _ in range(3):
            await a_key_to_prune(engine)
            await ask_to_prune(redis)
            await pruned(engine)
            redis.stop()
            await asyncio.sleep(0.1)
            redis.start()


async def test_it_waits_for_a_redis_that_is_not_there_yet(
    redis: RedisProcess, engine: AsyncEngine
) -> None:
    redis.stop()
    await a_key_to_prune(engine)
    async with running(redis, engine):
        await asyncio.sleep(0.2)
        redis.start()
        await ask_to_prune(redis)
        await pruned(engine)


async def test_it_ends_while_redis_is_away(redis: RedisProcess, engine: AsyncEngine) -> None:
    async with running(redis, engine):
        redis.stop()
        await asyncio.sleep(0.1)


async def test_a_job_that_outlives_redis_is_finished(
    redis: RedisProcess, engine: AsyncEngine
) -> None:
    await a_key_to_prune(engine)
    async with running(redis, engine), engine.begin() as blocking:
        await blocking.execute(text("lock table event_store.idempotency"))
        await ask_to_prune(redis)
        await eventually(lambda: waits_for_a_lock(engine))
        redis.stop()
        await asyncio.sleep(1)
    assert await is_pruned(engine)


async def test_it_does_not_end_before_the_jobs_that_outlive_redis(
    redis: RedisProcess, engine: AsyncEngine
) -> None:
    await a_key_to_prune(engine)
    queue = Queue(redis.url, engine, lambda: None, NO_UPLOADS)
    task = asyncio.create_task(queue.run())
    with capture_logs() as logged:

        async def has_given_up() -> bool:
            return any(line["event"] == "queue_interrupted" for line in logged)

        async with engine.begin() as blocking:
            await blocking.execute(text("lock table event_store.idempotency"))
            await ask_to_prune(redis)
            await eventually(lambda: waits_for_a_lock(engine))
            redis.stop()
            await eventually(has_given_up)
            queue.stop()
            await asyncio.wait({task}, timeout=0.5)
            assert not task.done()
        async with asyncio.timeout(10):
            await task
    assert await is_pruned(engine)


async def test_a_hint_has_the_queued_jobs_run(redis: RedisProcess, engine: AsyncEngine) -> None:
    woken = asyncio.Event()
    async with running(redis, engine, woken.set), connect(redis.url) as client:
        for _ in range(3):
            await hint(client)
            async with asyncio.timeout(10):
                await woken.wait()
            woken.clear()


async def test_a_hint_is_lost_without_redis(redis: RedisProcess) -> None:
    redis.stop()
    async with connect(redis.url) as client:
        await hint(client)


async def test_other_work_goes_on_while_a_job_runs(
    redis: RedisProcess, engine: AsyncEngine
) -> None:
    stocktaking = Stocktaking()
    await asked(engine)
    async with (
        runner(engine, {KIND: stocktaking}) as worker,
        running(redis, engine, worker.wake),
    ):
        await stocktaking.begins()
        for _ in range(2):
            await a_key_to_prune(engine)
            await ask_to_prune(redis)
            await pruned(engine)
        assert stocktaking.running == 1


async def waits_for_a_lock(engine: AsyncEngine) -> bool:
    query = (
        "select exists (select from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock')"
    )
    async with engine.connect() as connection:
        return bool(await connection.scalar(text(query)))
