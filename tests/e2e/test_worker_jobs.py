"""The worker process in the middle of a job."""

import asyncio
import signal
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from commands.job_hints import hint
from commands.jobs import Job
from events.nudge import connect
from tests.asked_jobs import asked, comes_to, found, held
from tests.eventually import eventually
from tests.worker_process import worker

WATCHFUL = ("tests.job_worker", "5", "0.1")
DROWSY = ("tests.job_worker", "3600", "3600")


async def is_half_done(engine: AsyncEngine, job: Job) -> None:
    async def tells_so() -> bool:
        return (await found(engine, job.id)).progress == 0.5

    await eventually(tells_so)


async def hinted(settings: Settings) -> None:
    async with connect(settings.redis_url.get_secret_value()) as redis:
        await hint(redis)


async def test_a_hint_begins_a_job_before_the_worker_looks_for_itself(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    with worker(settings, tmp_path, module=DROWSY) as process:
        await process.is_ready()
        job = await asked(engine)
        await hinted(settings)
        await is_half_done(engine, job)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_end_it_lets_its_job_go_at_once(
    settings: Settings, engine: AsyncEngine, tmp_path: Path, how: signal.Signals
) -> None:
    job = await asked(engine)
    with worker(settings, tmp_path, module=DROWSY) as process:
        await is_half_done(engine, job)
        assert await asyncio.to_thread(process.end, how) == 0
    assert (await found(engine, job.id)).state == "queued"
    with worker(settings, tmp_path, module=WATCHFUL):
        assert (await comes_to(engine, job, "succeeded")).details == {"attempt": 1}


async def test_killed_it_loses_its_job_to_another(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    job = await asked(engine)
    with worker(settings, tmp_path, module=WATCHFUL) as process:
        await is_half_done(engine, job)
        process.end(signal.SIGKILL)
    assert (await found(engine, job.id)).state == "running"
    with worker(settings, tmp_path, module=WATCHFUL):
        assert (await comes_to(engine, job, "succeeded")).details == {"attempt": 2}
    assert (await held(engine, job))["epoch"] == 2
