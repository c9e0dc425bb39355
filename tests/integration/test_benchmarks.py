"""That the benchmarks still run: their figures are for a quiet machine, not for a test."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks import long_streams
from benchmarks.append import QUICK, measure
from benchmarks.append_report import report
from benchmarks.filling import fill, stream
from benchmarks.growth import Story
from benchmarks.results import Results
from tests.appends import appended, logged


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
