"""`catalog import`: what its options mean, and what it tells."""

import asyncio
import errno
import gzip
import json
import os
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.feeds.jobs import IMPORT
from tests.appends import logged
from tests.asked_jobs import asked
from tests.imports import Imports, lamp, lamps, ndjson

NAMELESS = {"sku": "LAMP-9"}


@pytest.fixture
def imports(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database_url: str,
    redis_url: str,
) -> Imports:
    return Imports(monkeypatch, capsys, database_url, redis_url)


async def test_a_feed_is_what_differs_from_the_catalog(imports: Imports, tmp_path: Path) -> None:
    feed = ndjson(tmp_path / "feed", *lamps(1, 2))
    assert await imports(feed) == {"rows": 2, "created": 2}
    assert await imports(feed) == {"rows": 2, "unchanged": 2}
    ndjson(feed, lamp(1), lamp(2, brand="Acme"), lamp(3))
    assert await imports(feed) == {"rows": 3, "created": 1, "changed": 1, "unchanged": 1}
    assert imports.said == []


async def test_a_sync_archives_what_its_source_lacks_and_restores_what_returns(
    imports: Imports, tmp_path: Path
) -> None:
    acme, other = "--source=acme", "--source=other"
    feed = ndjson(tmp_path / "feed", *lamps(1, 2))
    await imports(feed, acme)
    await imports(ndjson(tmp_path / "theirs", lamp(3)), other)
    ndjson(feed, lamp(2))
    assert await imports(feed, acme, "--mode=sync") == {"rows": 1, "unchanged": 1, "archived": 1}
    ndjson(feed, *lamps(1, 2))
    assert await imports(feed, acme, "--mode=sync") == {"rows": 2, "unchanged": 1, "restored": 1}


async def test_a_dry_run_says_so_and_appends_nothing(
    imports: Imports, tmp_path: Path, engine: AsyncEngine
) -> None:
    feed = ndjson(tmp_path / "feed", *lamps(1, 2))
    assert await imports(feed, "--dry-run") == {"rows": 2, "created": 2}
    assert imports.said == ["A dry run: this is what would happen, and nothing of it has."]
    assert await logged(engine) == []


async def test_files_are_feeds_by_themselves_and_their_counts_are_added(
    imports: Imports, tmp_path: Path
) -> None:
    first = ndjson(tmp_path / "first", *lamps(1, 2), NAMELESS)
    second = ndjson(tmp_path / "second", NAMELESS, lamp(2))
    counts = await imports(first, second, exits=1)
    assert counts == {"rows": 5, "created": 2, "unchanged": 1, "failed": 2}
    refused = [line for line in imports.said if line.startswith("line ")]
    assert [line.partition(" (")[0] for line in refused] == ["line 3", "line 1"]


async def test_standard_input_is_a_feed(imports: Imports) -> None:
    assert await imports("-", typed=json.dumps(lamp(1))) == {"rows": 1, "created": 1}


async def test_a_pipe_is_a_feed(imports: Imports, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    packed = gzip.compress(json.dumps(lamp(1)).encode())
    writing = asyncio.create_task(asyncio.to_thread(pipe.write_bytes, packed))
    assert await imports(pipe) == {"rows": 1, "created": 1}
    await writing


async def test_what_is_no_file_is_told(imports: Imports, tmp_path: Path) -> None:
    for wrong in (tmp_path / "none", tmp_path):
        assert await imports(wrong, exits=8) == {}
        assert "can't be read" in imports.said[-1]


async def test_a_feed_that_was_uploaded_before_comes_first(
    imports: Imports, tmp_path: Path, engine: AsyncEngine
) -> None:
    job = await asked(engine, IMPORT, source="acme")
    feed = ndjson(tmp_path / "feed", lamp(1))
    assert await imports(feed, "--source", "acme", exits=4) == {}
    assert f"by the job {job.id}" in imports.said[-1]
    assert await imports(feed, "--source", "other") == {"rows": 1, "created": 1}


async def test_standard_input_needs_room(imports: Imports, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_up(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr("shutil.copyfileobj", fill_up)
    assert await imports("-", exits=1) == {}
    assert "name a directory with room in TMPDIR" in imports.said[-1]


async def test_columns_that_are_called_otherwise_are_mapped(
    imports: Imports, tmp_path: Path, engine: AsyncEngine
) -> None:
    feed = tmp_path / "feed.txt"
    feed.write_text("Art.Nr,Titel\nLAMP-1,Lampe\n", encoding="utf-8")
    named = ("--map", "Art.Nr=sku", "--map", "Titel=name", "--format", "csv")
    assert await imports(feed, *named) == {"rows": 1, "created": 1}
    [registered] = await logged(engine)
    assert registered.event.name == "Lampe"  # type: ignore[union-attr]


async def test_an_import_ends_where_more_rows_are_refused_than_may_be(
    imports: Imports, tmp_path: Path
) -> None:
    feed = ndjson(tmp_path / "feed", lamp(1), {"sku": "A"}, {"sku": "B"})
    counts = await imports(feed, "--max-errors", "1", exits=6)
    assert counts == {"rows": 3, "created": 1, "failed": 2}
    assert "more than 1 rows were refused" in imports.said[-1]
    assert await imports(feed, "--max-errors", "2", exits=1) == {
        "rows": 3,
        "unchanged": 1,
        "failed": 2,
    }


async def test_a_sync_of_no_good_row_archives_nothing(imports: Imports, tmp_path: Path) -> None:
    await imports(ndjson(tmp_path / "feed", lamp(1)))
    counts = await imports(ndjson(tmp_path / "feed", NAMELESS), "--mode", "sync", exits=7)
    assert counts == {"rows": 1, "failed": 1}
    assert "has not one good row" in imports.said[-1]


async def test_a_sync_with_rows_that_nobody_can_name_archives_nothing_and_says_so(
    imports: Imports, tmp_path: Path
) -> None:
    await imports(ndjson(tmp_path / "feed", *lamps(1, 2)))
    feed = ndjson(tmp_path / "feed", lamp(1), {"name": "Lamp 2"})
    counts = await imports(feed, "--mode", "sync", exits=1)
    assert counts == {"rows": 2, "unchanged": 1, "failed": 1}
    assert any("nothing was archived" in line for line in imports.said)


async def test_what_can_be_read_of_a_feed_is_imported(imports: Imports, tmp_path: Path) -> None:
    whole = b"".join(json.dumps(lamp(n)).encode() + b"\n" for n in range(5_000))
    (tmp_path / "feed.gz").write_bytes(gzip.compress(whole)[:-2_000])
    counts = await imports(tmp_path / "feed.gz", exits=8)
    assert counts["created"] == counts["rows"] > 1_000
    assert "can't be read to its end" in imports.said[-1]


async def test_a_column_that_nobody_knows_is_told_before_anything_is_imported(
    imports: Imports, tmp_path: Path
) -> None:
    (tmp_path / "feed.csv").write_text("sku,Titel\nLAMP-1,Lampe\n", encoding="utf-8")
    assert await imports(tmp_path / "feed.csv", exits=8) == {}
    [told] = imports.said
    assert "nobody knows what the column 'Titel' means" in told
    assert told.endswith("Nothing of it is imported.")


async def test_a_line_that_has_no_end_is_not_read_to_it(imports: Imports, tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    feed.write_text(f"{json.dumps(lamp(1))}\n{' ' * (2 * 2**20 + 1)}", encoding="utf-8")
    assert (await imports(feed, exits=8))["created"] == 1


async def test_what_a_row_says_commands_no_terminal(imports: Imports, tmp_path: Path) -> None:
    row = {"sku": "\x1b[2J\n" + "x" * 10_000, "name": "Lamp"}
    await imports(ndjson(tmp_path / "feed", row), exits=1)
    [told] = [line for line in imports.said if line.startswith("line 1")]
    assert told.startswith(r"line 1 (\x1b[2J\nxxx")
    assert "String should match pattern" in told
    assert len(told) < 1_000


@pytest.mark.parametrize(
    "wrong",
    [
        ["--mode", "replace"],
        ["--source", "no source"],
        ["--map", "sku"],
        ["--map", "=sku"],
        ["--max-errors", "-1"],
        ["--format", "xml"],
        ["second", "--mode", "sync"],
        ["second", "--errors", "refused.csv"],
    ],
)
async def test_what_makes_no_sense_is_a_usage_error(
    imports: Imports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("first", "second"):
        ndjson(tmp_path / name, lamp(1))
    await imports("first", *wrong, exits=2)
