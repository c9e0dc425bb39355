"""That the benchmarks still run: their figures are for a quiet machine, not for a test."""

import asyncio
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import uvloop
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks import (
    filled_catalog,
    long_streams,
    projection_lag,
    projection_rebuild,
    projection_throughput,
    python_client,
    read_turns,
    reads,
    wrk,
)
from benchmarks.append import QUICK, measure
from benchmarks.append_report import report
from benchmarks.asking import Ask, Asking, Target
from benchmarks.contestants import constant_route
from benchmarks.feeds import SAMPLE, read_rows, read_snapshots
from benchmarks.filling import fill, stream
from benchmarks.growth import Story
from benchmarks.installation import Installation
from benchmarks.read_catalogs import chosen
from benchmarks.read_lineup import opened
from benchmarks.read_report import report as report_reads
from benchmarks.read_results import Results as Reads
from benchmarks.rebuilding import by_command
from benchmarks.results import Results
from cli.address import Address
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


@pytest.fixture
def constant(installation: Installation) -> Iterator[Address]:
    document = installation.directory / "product.json"
    document.write_text("{}")
    command = (sys.executable, "-m", constant_route.__name__, "--document", str(document))
    with installation.serving("constant", *command) as address:
        yield address


WITH_WRK = pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
CLIENTS = [
    pytest.param(python_client.ask, id="python"),
    pytest.param(wrk.ask, id="wrk", marks=WITH_WRK),
]


@pytest.mark.parametrize("ask", CLIENTS)
def test_a_client_asks_over_and_over(constant: Address, ask: Ask) -> None:
    asking = Asking(
        address=constant, targets=[Target(constant_route.PATH)], headers={}, connections=2
    )

    asked = uvloop.run(ask(asking, 0.5))

    assert asked.requests > asking.connections
    assert asked.failed == 0
    assert 0 < asked.p50_ms <= asked.p99_ms


@pytest.mark.parametrize("ask", CLIENTS)
def test_what_a_client_is_refused_has_failed(constant: Address, ask: Ask) -> None:
    asking = Asking(address=constant, targets=[Target("/nowhere")], headers={}, connections=2)

    asked = uvloop.run(ask(asking, 0.5))

    assert asked.requests == 0
    assert asked.failed > 0


def test_a_constant_an_orm_and_we_are_asked_in_turns(installation: Installation) -> None:
    rows = chosen(read_rows(SAMPLE), 200)
    plan = reads.Plan(ask=python_client.ask, rounds=1, seconds=0.2, connections=8)

    with opened(installation, rows, len(rows)) as lineup:
        cells = uvloop.run(reads.measure([lineup], rows, plan, lambda _: None))

    results = Reads(cells)
    together, alone = (results.turns(connections) for connections in (plan.connections, 1))
    assert {read_turns.CONSTANT, read_turns.ORM, *alone} < {*together}
    assert alone == [*read_turns.ALONE]
    assert all(cell.asked.requests > 0 for cell in cells)
    assert results.flawless
    assert "hot, at least 1 times constant" in "\n".join(report_reads(results))
