"""`catalog import`: what it tells of rows that are refused."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.command import Catalog, catalog_command


@pytest.fixture
def catalog(monkeypatch: pytest.MonkeyPatch, database_url: str, redis_url: str) -> Catalog:
    monkeypatch.setenv("CATALOG_DATABASE_URL", database_url)
    monkeypatch.setenv("CATALOG_REDIS_URL", redis_url)
    return catalog_command(monkeypatch)


async def test_what_a_row_says_commands_no_terminal(
    catalog: Catalog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {"sku": "\x1b[2J\n" + "x" * 10_000, "name": "Lamp"}
    (tmp_path / "feed").write_text(json.dumps(row), encoding="utf-8")
    assert await asyncio.to_thread(catalog, "import", str(tmp_path / "feed")) == 1
    [told] = [line for line in capsys.readouterr().err.splitlines() if line.startswith("line 1")]
    assert told.startswith(r"line 1 (\x1b[2J\nxxx")
    assert "String should match pattern" in told
    assert len(told) < 1_000


async def test_a_line_that_has_no_end_is_not_read_to_it(
    catalog: Catalog,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cli.feeds.ROW_BYTES", 100)
    good = json.dumps({"sku": "LAMP-1", "name": "Lamp"})
    (tmp_path / "feed").write_text(f"{good}\n{' ' * 101}", encoding="utf-8")
    assert await asyncio.to_thread(catalog, "import", str(tmp_path / "feed")) == 1
    assert "line 2 is longer than 100 bytes" in capsys.readouterr().err
