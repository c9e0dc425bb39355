"""While a log is restored: whom it makes wait, and what it finds at its end."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.catalogs import open_catalog, read_catalogs
from events.database import driver
from tests.appends import appended, asked, logged
from tests.command import Catalog, catalog_command
from tests.eventually import eventually
from tests.exported_logs import lines, log

RESTORING = """
select exists (
    select from pg_locks l join pg_database d on d.oid = l.database
    where l.locktype = 'advisory' and l.granted and d.datname = current_database()
)
"""


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, database_url: str) -> Catalog:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    return catalog_command(monkeypatch)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "log")
    return tmp_path / "log"


@asynccontextmanager
async def restoring(
    catalog: Catalog, engine: AsyncEngine, pipe: Path, key: str, *options: str
) -> AsyncIterator[asyncio.Task[int]]:
    """Most of the log is read when the block begins, and the rest after it."""
    *most, last = lines(log(key))
    running = asyncio.create_task(asyncio.to_thread(catalog, "restore", str(pipe), *options))
    try:
        with pipe.open("r+b", buffering=0) as output:
            output.write("".join(most).encode())
            await eventually(lambda: _holds(engine))
            yield running
            output.write(last.encode())
    finally:
        await running


async def _holds(engine: AsyncEngine) -> bool:
    async with driver(engine) as connection:
        return bool(await connection.fetchval(RESTORING))


async def test_others_may_open_the_catalog_meanwhile(
    catalog: Catalog, engine: AsyncEngine, pipe: Path
) -> None:
    given = ("--name", "Outlet", "--currency", "EUR")
    async with (
        restoring(catalog, engine, pipe, "outlet", *given) as running,
        driver(engine) as connection,
        asyncio.timeout(10),
    ):
        assert await open_catalog(connection, "outlet", "Laden", "EUR")
    assert await running == 0
    async with driver(engine) as connection:
        (found,) = await read_catalogs(connection, ["outlet"])
    assert found.name == "Laden"
    assert await logged(engine, "outlet") == log("outlet")


async def test_who_writes_meanwhile_was_first(
    catalog: Catalog, engine: AsyncEngine, pipe: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with restoring(catalog, engine, pipe, "main") as running:
        await appended(engine, asked())
        before = await logged(engine)
    assert await running == 1
    assert "Catalog main has events already" in capsys.readouterr().err
    assert await logged(engine) == before


async def test_a_second_restore_of_the_same_catalog_does_not_start(
    catalog: Catalog,
    engine: AsyncEngine,
    pipe: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    again = pipe.with_name("again")
    again.write_text("".join(lines(log())), encoding="utf-8")
    async with restoring(catalog, engine, pipe, "main") as running:
        assert await asyncio.to_thread(catalog, "restore", str(again)) == 1
        assert "Another restore of catalog main is under way" in capsys.readouterr().err
    assert await running == 0
    assert await logged(engine) == log()
