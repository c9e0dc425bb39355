"""The rows that an import refuses: how they are told, written, and corrected."""

import asyncio
import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from commands.feeds.refused.pages import PAGE
from tests.command import catalog_command
from tests.imports import Imports, lamp, ndjson

FEED = "sku,name,price.EUR\nLAMP-1,Desk lamp,19.99\nLAMP-2,,5\nLAMP-3,Floor lamp,cheap\n"

type Rows = list[dict[str, Any]]


@pytest.fixture
def imports(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database_url: str,
    redis_url: str,
) -> Imports:
    return Imports(monkeypatch, capsys, database_url, redis_url)


def from_ndjson(text: str) -> Rows:
    return [json.loads(line) for line in text.splitlines()]


def from_csv(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


async def test_refused_rows_are_corrected_and_imported_again(
    imports: Imports, tmp_path: Path
) -> None:
    feed = ndjson(tmp_path / "feed", lamp(1), {"sku": "LAMP-2"}, lamp(3, brand=5))
    refused = tmp_path / "refused.ndjson"
    counts = await imports(feed, "--errors", refused, exits=1)
    assert counts == {"rows": 3, "created": 1, "failed": 2}
    nameless, brand = from_ndjson(refused.read_text(encoding="utf-8"))
    assert (nameless["_line"], brand["_line"]) == (2, 3)
    assert [fault["pointer"] for fault in nameless["_errors"]] == ["/name"]
    ndjson(refused, nameless | {"name": "Lamp 2"}, brand | {"brand": "Acme"})
    assert await imports(refused) == {"rows": 2, "created": 2}


async def test_a_report_in_csv_is_corrected_as_well(imports: Imports, tmp_path: Path) -> None:
    feed, refused = tmp_path / "feed.csv", tmp_path / "refused.csv"
    feed.write_text(FEED, encoding="utf-8")
    await imports(feed, "--errors", refused, exits=1)
    nameless, cheap = from_csv(refused)
    assert (nameless["_line"], cheap["_line"]) == ("3", "4")
    corrected = refused.read_text(encoding="utf-8").replace("cheap", "24.95")
    refused.write_text(corrected.replace("LAMP-2,", "LAMP-2,Lamp 2"), encoding="utf-8")
    assert await imports(refused) == {"rows": 2, "created": 2}


async def test_a_report_of_no_errors_takes_the_place_of_an_earlier_one(
    imports: Imports, tmp_path: Path
) -> None:
    refused = ndjson(tmp_path / "refused.ndjson", lamp(9))
    await imports(ndjson(tmp_path / "feed", lamp(1)), "--errors", refused)
    assert refused.read_text(encoding="utf-8") == ""


async def test_the_first_twenty_are_told_and_how_to_have_all(
    imports: Imports,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    feed = ndjson(tmp_path / "feed", *[{"sku": f"LAMP-{n}"} for n in range(PAGE + 1)])
    await imports(feed, exits=1)
    summary, *told, more, how = imports.said
    assert summary == f"{feed}: {PAGE + 1} of {PAGE + 1} rows were refused."
    assert [line.split(" ")[:3] for line in told] == [
        ["line", str(n + 1), f"(LAMP-{n}):"] for n in range(20)
    ]
    assert more == f"… and {PAGE + 1 - 20} more"
    command = re.search("catalog (imports errors .*) FILE", how)
    assert command
    catalog = catalog_command(monkeypatch)
    assert await asyncio.to_thread(catalog, *command[1].split()) == 0
    assert len(from_ndjson(capsys.readouterr().out)) == PAGE + 1
    refused = tmp_path / "refused.csv"
    assert await asyncio.to_thread(catalog, *command[1].split(), str(refused)) == 0
    assert [row["_line"] for row in from_csv(refused)] == [str(n + 1) for n in range(PAGE + 1)]


async def test_how_many_refused_rows_are_kept_is_told(
    imports: Imports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("commands.feeds.marks", "cli.feeds.telling"):
        monkeypatch.setattr(f"{module}.FAILURES_KEPT", 1)
    refused = tmp_path / "refused.ndjson"
    await imports(ndjson(tmp_path / "feed", {}, {}), "--errors", refused, exits=1)
    assert imports.said[-1].startswith("The first 1, to be corrected")
    assert len(from_ndjson(refused.read_text(encoding="utf-8"))) == 1
