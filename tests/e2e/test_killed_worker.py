"""A worker that is killed in the middle of its work, and one that takes over."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

import cli
from api.settings import Settings
from events.database import driver
from tests.eventually import eventually
from tests.given import another_generation, checkpoint, projected, rows
from tests.worker_process import worker

SAMPLE = Path(cli.__file__).parent / "sample" / "products.ndjson.gz"
BATCH = 10


async def test_killed_workers_leave_the_rows_of_an_undisturbed_one(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    small = settings.model_copy(update={"projection_batch_limit": BATCH})
    importing = asyncio.create_task(asyncio.to_thread(import_sample, settings))
    reached = 0
    for _ in range(2):
        with worker(small, tmp_path) as process:
            await moved(engine, reached)
            process.end(signal.SIGKILL)
        reached = await checkpoint(engine)
    await importing
    head = await head_of(engine)
    assert 0 < reached < head

    with worker(small, tmp_path) as process:
        await moved(engine, head - 1)
        assert await asyncio.to_thread(process.end) == 0

    undisturbed = await another_generation(engine)
    await projected(engine, generation=undisturbed)
    assert await rows(engine) == await rows(engine, generation=undisturbed)


def import_sample(settings: Settings) -> None:
    environment = {
        **os.environ,
        "CATALOG_DATABASE_URL": settings.database_url.get_secret_value(),
        "CATALOG_REDIS_URL": settings.redis_url.get_secret_value(),
    }
    command = [sys.executable, "-m", "cli", "import", str(SAMPLE)]
    subprocess.run(command, env=environment, check=True, capture_output=True)


async def moved(engine: AsyncEngine, position: int) -> None:
    async def beyond() -> bool:
        return await checkpoint(engine) > position

    await eventually(beyond)


async def head_of(engine: AsyncEngine) -> int:
    async with driver(engine) as connection:
        head = await connection.fetchval("select head from event_store.catalogs")
    return int(head)
