"""The worker process signs what is appended, and tells of it in its metrics."""

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from events.checkpoints import TreeHead, find_newest
from events.database import driver
from tests.eventually import eventually
from tests.given import LAMP, Log, registered
from tests.worker_process import worker


async def test_it_signs_what_is_appended(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    head = await Log(engine).given(LAMP, registered)

    with worker(settings, tmp_path) as process:

        async def says_so() -> bool:
            text = (await process.get("/metrics")).text
            return f'catalog_projection_signed_size{{catalog="main"}} {head}.0' in text

        await process.is_ready()
        await eventually(says_so)

    async with driver(engine) as connection:
        kept = await find_newest(connection, "main")
    assert kept
    assert TreeHead.of(kept.note, kept.key).size == head
