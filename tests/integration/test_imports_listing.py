"""`catalog imports`: what ran lately, and what waits to be gone on with."""

import json
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.appends import logged
from tests.imports import Imports, lamp, ndjson
from tests.told import Told


@pytest.fixture
def imports(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database_url: str,
    redis_url: str,
) -> Imports:
    return Imports(monkeypatch, capsys, database_url, redis_url)


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch, database_url: str, capsys: pytest.CaptureFixture[str]
) -> Told:
    return Told(monkeypatch, database_url, capsys, "imports")


async def test_the_latest_imports_are_listed_with_what_came_of_them(
    imports: Imports, told: Told, tmp_path: Path, engine: AsyncEngine
) -> None:
    feed = ndjson(tmp_path / "feed", lamp(1), lamp(2))
    await imports(feed, "--source", "acme")
    await imports(feed, "--dry-run", "--mode", "sync")
    newest, oldest = map(json.loads, await told("--json"))
    assert (oldest["source"], oldest["mode"], oldest["dry_run"]) == ("acme", "upsert", False)
    assert (oldest["state"], oldest["counts"]["created"]) == ("succeeded", 2)
    assert {each.correlation_id for each in await logged(engine)} == {oldest["correlation_id"]}
    assert (newest["source"], newest["mode"], newest["dry_run"]) == ("default", "sync", True)
    assert newest["actor"].startswith("cli:")
    _, header, _, first, *_ = await told("--limit", "1")
    assert "Source" in header
    assert "sync, dry run" in first
    assert "succeeded" in first
    assert "2 rows, 2 unchanged" in first


async def test_how_an_import_ended_is_told(imports: Imports, told: Told, tmp_path: Path) -> None:
    nameless = ndjson(tmp_path / "nameless", {"sku": "LAMP-1"})
    await imports(nameless, "--mode", "sync", exits=7)
    await imports(ndjson(tmp_path / "feed", lamp(1), {"name": "?"}), "--mode", "sync", exits=1)
    withheld, failed = map(json.loads, await told("--json"))
    assert (withheld["state"], withheld["withheld"]) == ("succeeded", True)
    assert (failed["state"], failed["withheld"]) == ("failed", False)
    assert "not one good row" in failed["problem"]
    _, _, _, first, second, _ = await told()
    assert "succeeded, nothing archived" in first
    assert "failed: The feed has not one good row" in second


async def test_whose_feed_lacked_a_product_is_told_in_its_history(
    imports: Imports, tmp_path: Path, told: Told
) -> None:
    feed = ndjson(tmp_path / "feed", lamp(1), lamp(2))
    await imports(feed, "--source", "acme")
    await imports(ndjson(feed, lamp(1)), "--source", "acme", "--mode", "sync")
    newest, _ = map(json.loads, await told("--json"))
    history = await told.of("history", "LAMP-2")
    assert "    because: missing from the feed of acme" in history
    assert history[-1].endswith(f"in request {newest['correlation_id']}")


@pytest.mark.parametrize("run", ["errors 00000000-0000-0000-0000-000000000000"])
async def test_what_is_not_there_is_told(told: Told, run: str) -> None:
    await told(*run.split(), exits=1)
    assert "There is no import 00000000" in told.complaints[-1]
