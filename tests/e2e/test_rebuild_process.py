"""`catalog rebuild` as a process of its own, beside a worker."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from events.product import ProductRenamed
from tests.eventually import eventually
from tests.given import LAMP, Log, checkpoint, registered
from tests.holding import REBUILD, held, waits
from tests.rebuilding import exists, live, states
from tests.worker_process import worker

UNREADABLE_LOG = "lock table event_store.events in access exclusive mode"


@contextmanager
def rebuilding(settings: Settings, *options: str) -> Iterator[subprocess.Popen[str]]:
    environment = {
        **os.environ,
        "CATALOG_DATABASE_URL": settings.database_url.get_secret_value(),
        "CATALOG_REDIS_URL": settings.redis_url.get_secret_value(),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "cli", "rebuild", *options],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


async def applied(engine: AsyncEngine, head: int) -> None:
    generation = await live(engine)

    async def is_there() -> bool:
        return await checkpoint(engine, generation=generation) == head

    await eventually(is_there)


async def test_a_worker_goes_on_with_what_it_made(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    log = Log(engine)
    with worker(settings, tmp_path) as working:
        await applied(engine, await log.given(LAMP, registered))
        for generation, options in ((2, ["--json"]), (1, ["--rollback", "--json"])):
            with rebuilding(settings, *options) as process:
                out, err = await asyncio.to_thread(process.communicate, timeout=60)
            assert (process.returncode, json.loads(out)["generation"]) == (0, generation), err
            await applied(engine, await log.given(LAMP, ProductRenamed(name=f"{generation}")))
        assert await working.ready()


async def test_interrupted_by_its_user_it_leaves_nothing(
    settings: Settings, engine: AsyncEngine
) -> None:
    await Log(engine).given(LAMP, registered)
    async with held(engine, UNREADABLE_LOG):
        with rebuilding(settings) as process:
            await waits(engine, REBUILD, "event_store.events")
            process.send_signal(signal.SIGINT)
            _, err = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert await states(engine) == {1: "live", 2: "dropped"}
    assert not await exists(engine, 2)
