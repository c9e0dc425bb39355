"""PostgreSQL crashes, ends connections, or has somebody in the way, while writes go on."""

import asyncio
import signal
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from cli.data_directory import held as taken
from events.database import driver, pool
from migrations.run import upgrade
from tests.e2e.test_projection_kills import moves
from tests.e2e.test_worker_outages import end_connections
from tests.exactness import assert_exact
from tests.given import checkpoint
from tests.holding import WORKER, waits
from tests.servers import Servers
from tests.torture.servers import Postgres, accepting, postgres_like
from tests.traffic import traffic, writer
from tests.worker_process import WorkerProcess, worker

pytest_plugins = ("tests.data_directory",)

CRASHES = 2
TRIES = 8
"""Somebody else may commit between the projector and the crash, which has both on disk."""
ENDINGS = 10
SELDOM_ON_DISK = "alter system set wal_writer_delay = '10s'"
CHECKPOINT_IN_USE = "select from projections.checkpoints for update"


@pytest.fixture
def postgres(servers: Servers, data_directory: Path) -> Iterator[Postgres]:
    """Of the test's own."""
    with taken(data_directory) as directory, postgres_like(servers, directory) as made:
        yield made


async def prepared(postgres: Postgres) -> None:
    await accepting(postgres.url)
    await upgrade(postgres.url)
    connection = await asyncpg.connect(postgres.url)
    await connection.execute(SELDOM_ON_DISK)
    await connection.execute("select pg_reload_conf()")
    await connection.close()


async def crash(postgres: Postgres) -> None:
    await asyncio.to_thread(postgres.restart_immediately)
    await accepting(postgres.url)


async def lost_by_a_crash(
    postgres: Postgres, engine: AsyncEngine, process: WorkerProcess, written: int
) -> int:
    """How many events have to be applied again, of those that were when it came."""
    await moves(engine, written - 1)
    process.process.send_signal(signal.SIGSTOP)
    await crash(postgres)
    lost = written - await checkpoint(engine)
    process.process.send_signal(signal.SIGCONT)
    return lost


async def test_a_crash_takes_rows_and_checkpoint_back_together(
    settings: Settings, postgres: Postgres, tmp_path: Path
) -> None:
    await prepared(postgres)
    here = settings.model_copy(update={"database_url": SecretStr(postgres.url)})
    redis_url = settings.redis_url.get_secret_value()
    async with pool(postgres.url, application="catalog-tests", pool_size=10) as engine:
        with worker(here, tmp_path) as process:
            async with traffic(engine, redis_url):
                for _ in range(CRASHES):
                    await moves(engine, await checkpoint(engine))
                    await crash(postgres)
                await moves(engine, await checkpoint(engine))
            async with writer(engine, redis_url) as quiet:
                for _ in range(TRIES):
                    written = await quiet.write()
                    if await lost_by_a_crash(postgres, engine, process, written):
                        break
                else:
                    pytest.fail("whatever was committed was on disk")
            await assert_exact(engine, redis_url)


async def test_connections_are_ended_again_and_again(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    redis_url = settings.redis_url.get_secret_value()
    with worker(settings, tmp_path):
        async with traffic(engine, redis_url):
            for _ in range(ENDINGS):
                await moves(engine, await checkpoint(engine))
                assert await end_connections(engine)
        await assert_exact(engine, redis_url)


async def test_somebody_forgets_a_transaction_that_holds_the_checkpoint(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    redis_url = settings.redis_url.get_secret_value()
    with worker(settings, tmp_path):
        async with traffic(engine, redis_url):
            await moves(engine, 0)
            async with driver(engine) as forgetful:
                begun = forgetful.transaction()
                await begun.start()
                await forgetful.execute(CHECKPOINT_IN_USE)
                await waits(engine, WORKER, "projections.checkpoints")
                reached = await checkpoint(engine)
                await begun.rollback()
            await moves(engine, reached)
        await assert_exact(engine, redis_url)
