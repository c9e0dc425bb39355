"""That the benchmarks still run: their figures are for a quiet machine, not for a test."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks import (
    filled_catalog,
    long_streams,
    projection_lag,
    projection_rebuild,
    projection_throughput,
)
from benchmarks.append import QUICK, measure
from benchmarks.append_report import report
from benchmarks.feeds import read_snapshots
from benchmarks.filling import fill, stream
from benchmarks.growth import Story
from benchmarks.installation import Installation
from benchmarks.rebuilding import by_command
from benchmarks.results import Results
from tests.appends import appended, logged

EVENTS = 1_000


@pytest.fixture
def installation(database_url: str, redis_url: str, tmp_path: Path) -> Installation:
    return Installation(database_url, redis_url, tmp_path)


@pytest.fixture
async def head(database_url: str) -> int:
    """Of a log that holds some months of a small catalog."""
    months = [replace(month, rows=month.rows[-100:]) for month in read_snapshots([])]
    return await filled_catalog.fill(database_url, months, EVENTS, lambda _: None)


async def test_the_log_and_a_plain_insert_take_turns(database_url: str) -> None:
    cells = await asyncio.to_thread(lambda: list(measure(database_url, QUICK)))

    assert [(cell.contestant, cell.writers) for cell in cells] == [
        ("the log", 1),
        ("plain insert", 1),
        ("the log", 16),
        ("plain insert", 16),
    ]
    assert all(cell.load.per_second > 0 for cell in cells)
    assert "a lone writer" in "\n".join(report(Results(cells)))


async def test_a_short_and_a_long_stream_take_turns(database_url: str) -> None:
    rounds = await long_streams.measure(database_url, rounds=2, long_length=250)

    assert len(rounds) == 2
    assert ["ratio" in line for line in long_streams.report(rounds)] == [True, True]


async def test_a_filled_log_is_appended_to_like_any_other(
    database_url: str, engine: AsyncEngine
) -> None:
    await fill(database_url, streams=3, filled=lambda _: None)

    story = Story(streams=3).told()
    await appended(engine, *(next(story) for _ in range(20)))

    log = await logged(engine)
    assert [event.position for event in log] == list(range(1, 51))
    assert [event.version for event in log if event.stream_id == stream(0)][:10] == [*range(1, 11)]


async def test_a_catalog_is_filled_with_copies_until_it_has_the_events(
    head: int, engine: AsyncEngine
) -> None:
    log = await logged(engine)

    assert len(log) == head >= EVENTS
    assert {event.occurred_at.month for event in log} == {11, 12, 1}
    assert {"ProductRegistered", "PriceSet"} <= {event.type for event in log}


async def test_the_read_tables_are_filled_beside_a_copy_of_the_log(
    head: int, installation: Installation
) -> None:
    passes = await asyncio.to_thread(
        lambda: list(projection_throughput.measure(installation, head, rounds=1))
    )

    assert [each.way for each in passes] == [*projection_throughput.NAMES]
    assert all(each.events == head and each.seconds > 0 for each in passes)
    assert "live" in "\n".join(projection_throughput.report(passes))


@pytest.mark.parametrize("hints", [True, False])
async def test_the_lag_is_that_of_all_writes_in_the_time_that_counts(
    head: int, installation: Installation, *, hints: bool
) -> None:
    plan = replace(projection_lag.QUICK, hints=hints)

    [lag] = await asyncio.to_thread(lambda: projection_lag.measure(installation, head, plan))

    assert lag.writes > 0
    assert lag.acknowledged.p50 > 0
    assert lag.visible_after.longest <= lag.visible.longest
    assert "50" in "\n".join(projection_lag.report([lag]))


async def test_a_rebuild_is_watched_by_those_who_write_and_read(
    head: int, installation: Installation
) -> None:
    outcome = await asyncio.to_thread(
        lambda: projection_rebuild.measure(installation, head, by_command, projection_rebuild.QUICK)
    )

    phases = [*outcome.before, *outcome.during]
    assert [phase.what for phase in phases] == ["write", "read", "write", "read"]
    assert all(phase.requests > 0 for phase in phases)
    assert outcome.rebuild_seconds > 0
    assert sum(phase.stale for phase in phases) == 0
    assert "reads" in "\n".join(projection_rebuild.report(outcome))
