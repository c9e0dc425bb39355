"""`catalog import` that is killed, or whose PostgreSQL is: the same command goes on with it."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.data_directory import held as taken
from events.database import pool
from events.product import ProductArchived, ProductRegistered
from events.recorded import Recorded
from migrations.run import upgrade
from tests.appends import logged
from tests.holding import held, waits
from tests.imports import Imports, lamp, ndjson
from tests.servers import Servers
from tests.torture.servers import Postgres, accepting, postgres_like

pytest_plugins = ("tests.data_directory",)

IMPORT = "catalog-import"
APPENDING = "select from event_store.streams for update", "event_store.append"
KEEPING = "select from feeds.products for update", "insert into feeds.products"
"""What stops an import at a product that there is already, and in which statement: its events are
on their way, or they are committed and nobody has been told."""
ROWS, REFUSED, KNOWN, GONE = 2_500, 5, 1_700, 9_999
"""Of batches of a thousand rows the second one has the lamp that is known."""
COUNTS = {"rows": ROWS, "created": ROWS - 2, "changed": 1, "archived": 1, "failed": 1}
GOES_ON = "goes on after line 1000, where it broke off."


@pytest.fixture
def before(tmp_path: Path) -> Path:
    return ndjson(tmp_path / "before", lamp(KNOWN, name="Desk"), lamp(GONE))


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    rows = [lamp(number) for number in range(ROWS)]
    rows[REFUSED] |= {"name": ""}
    return ndjson(tmp_path / "feed", *rows)


@pytest.fixture
def postgres(servers: Servers, data_directory: Path) -> Iterator[Postgres]:
    """Of the test's own."""
    with taken(data_directory) as directory, postgres_like(servers, directory) as made:
        yield made


def assert_exact(log: Sequence[Recorded]) -> None:
    """Each row has come to what it says once, of one request, and what is missing is archived."""
    [_, gone], came = log[:2], log[2:]
    assert Counter(type(each.event).__name__ for each in came) == {
        "ProductRegistered": ROWS - 2,
        "ProductRenamed": 1,
        "ProductArchived": 1,
    }
    assert [e.stream_id for e in came if isinstance(e.event, ProductArchived)] == [gone.stream_id]
    skus = {each.event.sku for each in log if isinstance(each.event, ProductRegistered)}
    assert len(skus) == ROWS
    assert len({each.correlation_id for each in came}) == 1


async def test_one_that_was_killed_is_gone_on_with(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database_url: str,
    redis_url: str,
    engine: AsyncEngine,
    before: Path,
    feed: Path,
) -> None:
    imports = Imports(monkeypatch, capsys, database_url, redis_url)
    await imports(before, "--mode", "sync")

    stopped, stops_in = KEEPING
    async with held(engine, stopped):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "cli", "import", str(feed), "--mode", "sync", env=os.environ
        )
        try:
            await waits(engine, IMPORT, stops_in)
        finally:
            process.send_signal(signal.SIGKILL)
            await process.wait()

    assert await imports(feed, "--mode", "sync", exits=1) == COUNTS
    assert imports.said[0].endswith(GOES_ON)
    assert_exact(await logged(engine))


@asynccontextmanager
async def holding(url: str, statement: str) -> AsyncIterator[AsyncEngine]:
    """In a transaction that may end with its server."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("begin")
        await connection.execute(statement)
        async with pool(url, application="catalog-tests") as engine:
            yield engine
    finally:
        connection.terminate()


async def test_one_whose_postgres_crashes_is_gone_on_with(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    postgres: Postgres,
    redis_url: str,
    before: Path,
    feed: Path,
) -> None:
    """Twice: while it appends, and before it has kept what it appended."""
    monkeypatch.setattr("commands.feeds.runs.LEASE", timedelta(seconds=0.5))
    await accepting(postgres.url)
    await upgrade(postgres.url)
    imports = Imports(monkeypatch, capsys, postgres.url, redis_url)
    await imports(before, "--mode", "sync")

    for stopped, stops_in in (APPENDING, KEEPING):
        async with holding(postgres.url, stopped) as engine:
            importing = asyncio.create_task(imports(feed, "--mode", "sync", exits=5))
            await waits(engine, IMPORT, stops_in)
            await asyncio.to_thread(postgres.restart_immediately)
            await importing
        assert imports.said[-1].endswith("it goes on where it stopped.")
        await accepting(postgres.url)

    assert await imports(feed, "--mode", "sync", exits=1) == COUNTS
    assert imports.said[0].endswith(GOES_ON)
    async with pool(postgres.url, application="catalog-tests") as engine:
        assert_exact(await logged(engine))
