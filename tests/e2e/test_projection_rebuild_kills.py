"""The worker is killed while it rebuilds, and writes go on: another one begins the job again."""

import signal
from collections import Counter
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from tests.conversation import Caller
from tests.e2e.test_rebuild_job import PROJECTIONS, ended
from tests.exactness import assert_exact
from tests.holding import REBUILD, held, waits
from tests.rebuilding import live, states
from tests.traffic import traffic
from tests.worker_process import worker

pytest_plugins = ("tests.conversation_fixtures",)

BRISK = ("tests.brisk_worker", "6", "5", "0.2")
UNREADABLE_LOG = "lock table event_store.events in access exclusive mode"
VIEWS_IN_USE = "select count(*) from read.product_search"


async def test_killed_while_it_fills_and_while_it_switches(
    anna: Caller, settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    redis_url = settings.redis_url.get_secret_value()
    async with traffic(engine, redis_url):
        before = await live(engine)
        async with held(engine, UNREADABLE_LOG):
            accepted = await anna.posts(f"{PROJECTIONS}/rebuild")
            with worker(settings, tmp_path, module=BRISK) as filling:
                await waits(engine, REBUILD, "event_store.events")
                filling.end(signal.SIGKILL)
        async with held(engine, VIEWS_IN_USE):
            with worker(settings, tmp_path, module=BRISK) as switching:
                await waits(engine, REBUILD, "drop view")
                switching.end(signal.SIGKILL)
        assert await live(engine) == before
        with worker(settings, tmp_path, module=BRISK):
            job = await ended(anna, accepted)
    assert (job["state"], job["differences"]) == ("succeeded", [])
    assert await live(engine) == job["generation"]
    assert Counter((await states(engine)).values()) == {"live": 1, "retired": 1, "dropped": 2}
    with worker(settings, tmp_path):
        await assert_exact(engine, redis_url)
