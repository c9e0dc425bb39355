"""`catalog import`: the moment that a feed became known at."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.appends import logged
from tests.told import Told


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    redis_url: str,
    capfd: pytest.CaptureFixture[str],
) -> Told:
    monkeypatch.setenv("CATALOG_REDIS_URL", redis_url)
    return Told(monkeypatch, database_url, capfd, "import")


@pytest.fixture
def feed(tmp_path: Path) -> str:
    file = tmp_path / "feed.ndjson"
    file.write_text('{"sku": "LAMP-1", "name": "Lamp"}\n', encoding="utf-8")
    return str(file)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2023-11-16", datetime(2023, 11, 16, tzinfo=UTC)),
        ("2023-11-16T01:30:00.5+01:00", datetime(2023, 11, 16, 0, 30, 0, 500_000, UTC)),
    ],
)
async def test_it_has_occurred_when_it_is_told_to_have(
    told: Told, feed: str, engine: AsyncEngine, typed: str, moment: datetime
) -> None:
    (counts,) = await told(feed, "--occurred-at", typed, "--json")
    assert json.loads(counts)["created"] == 1
    assert {event.occurred_at for event in await logged(engine)} == {moment}


@pytest.mark.parametrize("typed", ["20231116", "16.11.2023", "0001-01-01T00:00:00+01:00"])
async def test_what_is_no_moment_is_a_usage_error(told: Told, feed: str, typed: str) -> None:
    await told(feed, "--occurred-at", typed, exits=2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--occurred-at", "2200-01-01"], "is in the future: events have happened."),
        (["--catalog", "nowhere"], "There is no catalog nowhere"),
    ],
)
async def test_what_can_not_be_imported_is_told_and_leaves_nothing(
    told: Told, feed: str, engine: AsyncEngine, options: list[str], said: str
) -> None:
    await told(feed, *options, exits=1)
    assert said in told.complaints[-1]
    assert await logged(engine) == []
