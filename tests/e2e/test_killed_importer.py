"""A worker that is killed in the middle of an import, and one that goes on with it."""

import signal
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from tests.asked_jobs import comes_to, found
from tests.eventually import eventually
from tests.holding import held, waits
from tests.importing import importer, lamp_lines, lying, registered, uploaded
from tests.worker_process import worker

BRISK = ("tests.brisk_worker", "1.5", "5", "0.1")
IMPORT = "catalog-import"
ROWS, STUCK = 4_000, 3_000
"""Of the feed; and the row that the killed worker gets to."""


async def test_each_row_is_imported_once(
    settings: Settings, engine: AsyncEngine, tmp_path: Path
) -> None:
    """What the killed one has sent is committed after its death, and told of by nobody."""
    rows = list(lamp_lines(ROWS))
    first = await uploaded(settings, engine, rows[STUCK].replace(b"Lamp ", b"Desk "))
    async with importer(settings, engine):
        await comes_to(engine, first, "succeeded")

    job = await uploaded(settings, engine, *rows)
    async with held(engine, "select from event_store.streams for update"):
        with worker(settings, tmp_path, module=BRISK) as process:
            await waits(engine, IMPORT, "event_store.append")
            process.end(signal.SIGKILL)
    begun = await found(engine, job.id)
    assert begun.state == "running"

    async def nothing_lies_there() -> bool:
        return not lying(settings)

    with worker(settings, tmp_path, module=BRISK):
        done = await comes_to(engine, job, "succeeded")
        await eventually(nothing_lies_there)
    told = {name: done.details[name] for name in ("rows", "created", "changed", "unchanged")}
    assert told == {"rows": ROWS, "created": ROWS - 1, "changed": 1, "unchanged": 0}
    skus = [sku for sku, _ in await registered(engine) if sku]
    assert len(skus) == len(set(skus)) == ROWS
