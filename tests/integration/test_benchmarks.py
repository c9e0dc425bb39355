"""What logs are filled with, for benchmarks."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.growing.log import Story
from benchmarks.material import filled_catalog
from benchmarks.material.feeds import read_snapshots
from benchmarks.material.filling import fill, stream
from benchmarks.material.story import CATALOG
from commands.load import load
from events.database import driver
from tests.appends import appended, logged

EVENTS = 1_000


@pytest.fixture
async def head(database_url: str) -> int:
    """Of a log that holds some months of a small catalog."""
    months = [replace(month, rows=month.rows[-100:]) for month in read_snapshots([])]
    return await filled_catalog.fill(database_url, months, EVENTS, lambda _: None)


async def test_a_filled_log_is_appended_to_like_any_other(
    database_url: str, engine: AsyncEngine
) -> None:
    await fill(database_url, streams=3, filled=lambda _: None)

    story = Story(streams=3).told()
    await appended(engine, *(next(story) for _ in range(20)))
    async with driver(engine) as connection:
        loaded = [await load(connection, CATALOG, stream(n)) for n in range(3)]

    log = await logged(engine)
    assert [event.position for event in log] == list(range(1, 51))
    assert [event.version for event in log if event.stream_id == stream(0)][:10] == [*range(1, 11)]
    assert sum(each.version for each in loaded) == 40


async def test_a_catalog_is_filled_with_copies_until_it_has_the_events(
    head: int, engine: AsyncEngine
) -> None:
    log = await logged(engine)

    assert len(log) == head >= EVENTS
    assert {event.occurred_at.month for event in log} == {11, 12, 1}
    assert {"ProductRegistered", "PriceSet"} <= {event.type for event in log}
