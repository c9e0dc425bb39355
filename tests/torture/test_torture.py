"""Everything that can go wrong, at once; then the oracle.

`CATALOG_TORTURE_SEED` repeats a storm's plan, `CATALOG_TORTURE_SECONDS` makes it blow longer.
"""

import asyncio
import gc
import os
import secrets
from pathlib import Path

import pytest

from tests.servers import Servers
from tests.torture.oracle import violations
from tests.torture.stage import stage
from tests.torture.storm import Storm
from tests.torture.verdict import report

pytest_plugins = ("tests.data_directory",)

LONGEST_SECONDS = 600.0
"""Of a storm and what comes before and after it, where all is slow."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_the_log_survives_everything(
    servers: Servers, redis_url: str, data_directory: Path
) -> None:
    seed = int(os.environ.get("CATALOG_TORTURE_SEED") or secrets.randbits(32))
    seconds = float(os.environ.get("CATALOG_TORTURE_SECONDS") or 0)
    print(f"CATALOG_TORTURE_SEED={seed}")
    async with (
        asyncio.timeout(LONGEST_SECONDS + 2 * seconds),
        stage(servers, redis_url, data_directory) as given,
    ):
        storm = Storm(given, seed, seconds)
        history = await storm.blow()
    gc.collect()  # callers who gave up in the midst of a request have left their sockets open
    told = f"CATALOG_TORTURE_SEED={seed} brought {dict(storm.notebook.told)}"
    found, strange, shown = violations(history), storm.strange_answers, storm.has_shown_all
    assert not found, f"{told}\n{report(found)}"
    assert not strange, told
    assert shown, told
