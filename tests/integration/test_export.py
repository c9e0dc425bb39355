"""`catalog export`: the log as lines that anybody can hash."""

import asyncio
import json
import os
import re
import sys
from hashlib import sha256
from pathlib import Path

import pytest
import rfc8785
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.written import NOBODY_READS
from events import walk
from events.canonical_event import canonical_event, digest, exported
from tests.appends import appended, logged
from tests.audited import audited
from tests.command import Catalog, catalog_command
from tests.integration.test_append_digest import NASTY, told_by


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, database_url: str) -> Catalog:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    return catalog_command(monkeypatch)


def _files(directory: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in directory.iterdir()}


async def test_python_hashes_an_event_as_the_database_does(engine: AsyncEngine) -> None:
    await appended(engine, *map(told_by, NASTY))
    log = await logged(engine)
    assert [digest(event) for event in log] == [event.digest for event in log]


async def test_a_line_is_the_canonical_event_with_its_digest(engine: AsyncEngine) -> None:
    await appended(engine, *map(told_by, NASTY))
    for event in await logged(engine):
        whole = json.loads(exported(event))
        assert rfc8785.dumps(whole).decode() == exported(event)
        assert whole.pop("digest") == sha256(rfc8785.dumps(whole)).hexdigest()
        assert rfc8785.dumps(whole).decode() == canonical_event(event)


async def test_an_event_is_one_line_even_if_its_data_is_not(engine: AsyncEngine) -> None:
    await appended(engine, told_by("ann"))
    [event] = await logged(engine)
    broken = replace(event, data='{\n"name":"Lamp"\n}')
    assert "\n" not in exported(broken)
    assert json.loads(exported(broken))["data"] == {"name": "Lamp"}


async def test_every_event_is_a_line_in_the_order_of_the_log(
    engine: AsyncEngine, catalog: Catalog, tmp_path: Path
) -> None:
    await audited(engine)
    assert await asyncio.to_thread(catalog, "export", str(tmp_path / "log.ndjson")) == 0
    lines = [f"{exported(event)}\n" for event in await logged(engine)]
    assert _files(tmp_path) == {"log.ndjson": "".join(lines)}


async def test_an_export_may_go_to_standard_output(
    engine: AsyncEngine, catalog: Catalog, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    await audited(engine)
    capfdbinary.readouterr()
    assert await asyncio.to_thread(catalog, "export", "--catalog", "main") == 0
    out = capfdbinary.readouterr().out
    assert [json.loads(line)["position"] for line in out.splitlines()] == list(range(1, 301))


async def test_where_nobody_reads_any_more_it_ends_without_a_word(
    engine: AsyncEngine, database_url: str
) -> None:
    await audited(engine)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "cli", "export"),
        env={**os.environ, "CATALOG_DATABASE_URL": database_url},
        stdout=(unread := _broken_pipe()),
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(unread)
    _, complaints = await process.communicate()
    assert process.returncode == NOBODY_READS
    assert not re.search(rb"catalog:|Error|Exception", complaints)


def _broken_pipe() -> int:
    reader, writer = os.pipe()
    os.close(reader)
    return writer


async def test_what_is_not_complete_is_not_there(
    engine: AsyncEngine,
    catalog: Catalog,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await audited(engine)
    before = tmp_path / "log.ndjson"
    before.write_text("before", encoding="utf-8")

    def fail(_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("cli.exports.log.exported", fail)
    assert await asyncio.to_thread(catalog, "export", str(before)) == 1
    assert _files(tmp_path) == {"log.ndjson": "before"}
    assert "can't be written to its end (no space left)" in capsys.readouterr().err


async def test_a_pipe_is_written_to_and_not_replaced(
    engine: AsyncEngine, catalog: Catalog, tmp_path: Path
) -> None:
    await appended(engine, told_by("ann"))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        assert await asyncio.to_thread(catalog, "export", str(pipe)) == 0
        assert json.loads(os.read(reader, 10_000))["position"] == 1
    finally:
        os.close(reader)


def test_an_unknown_catalog_is_told_and_leaves_no_file(
    catalog: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert catalog("export", str(tmp_path / "log"), "--catalog", "nowhere") == 1
    assert "no catalog nowhere" in capsys.readouterr().err
    assert _files(tmp_path) == {}


@pytest.mark.parametrize("page", [1, 7, 300, 301])
async def test_a_log_is_walked_in_pages(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(walk, "PAGE", page)
    await audited(engine)
    async with walk.moment(engine) as connection:
        pages = [events async for events in walk.walk(connection, "main")]
    assert max(map(len, pages)) <= page
    assert [event for events in pages for event in events] == await logged(engine)


async def test_a_walk_sees_one_moment(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "PAGE", 50)
    await audited(engine)
    seen = 0
    async with walk.moment(engine) as connection:
        async for events in walk.walk(connection, "main"):
            await appended(engine, told_by("meanwhile"))
            seen += len(events)
    assert seen == 300
