"""`catalog import` that is broken off, and what the same command does after it."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.feeds.progress import Show
from commands.feeds.report import Report
from events.database import driver
from events.errors import AppendUnconfirmed, DatabaseUnavailable, Refused
from tests.appends import logged
from tests.imports import Imports, lamps, ndjson

GO_ON = "run the same command again, and it goes on where it stopped."

_HOLD = """
insert into feeds.runs (run_id, catalog_id, source, mode, dry_run, identity, form, columns, actor,
    correlation_id, head, counts, holder, held_until)
values (gen_random_uuid(), 'main', 'default', 'upsert', false, 'another', 'csv', '{}', 'ann', 'r-1',
    0, '{}', 'elsewhere:1', now() + interval '1 minute')
"""
_RENEW = "update feeds.runs set held_until = held_until + interval '1 second'"


@pytest.fixture
def imports(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    database_url: str,
    redis_url: str,
) -> Imports:
    monkeypatch.setattr("commands.feeds.importing.BATCH", 2)
    monkeypatch.setattr("commands.feeds.runs.LEASE", timedelta(seconds=0.2))
    return Imports(monkeypatch, capsys, database_url, redis_url)


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    return ndjson(tmp_path / "feed", *lamps(1, 2, 3, 4, 5))


@contextmanager
def broken_off(by: Callable[[], None]) -> Iterator[None]:
    """Once the first batch is settled."""

    @contextmanager
    def breaking(*_: object) -> Iterator[Show]:
        def show(report: Report) -> None:
            assert report.counts.rows == 2
            by()

        yield show

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("cli.feeds.importing.progress", breaking)
        yield


def losing(error: type[Refused]) -> Callable[[], None]:
    def lose() -> None:
        raise error

    return lose


@pytest.mark.parametrize("error", [DatabaseUnavailable, AppendUnconfirmed])
async def test_what_was_interrupted_goes_on_and_counts_all(
    imports: Imports, feed: Path, engine: AsyncEngine, error: type[Refused]
) -> None:
    with broken_off(losing(error)):
        assert await imports(feed, exits=5) == {"rows": 2, "created": 2}
    assert imports.said[-1].endswith(GO_ON)
    assert await imports(feed) == {"rows": 5, "created": 5}
    assert imports.said == [f"{feed}: goes on after line 2, where it broke off."]
    assert len(await logged(engine)) == 5


async def test_another_feed_of_the_source_does_not_go_on(
    imports: Imports, feed: Path, tmp_path: Path
) -> None:
    with broken_off(losing(DatabaseUnavailable)):
        await imports(feed, exits=5)
    another = ndjson(tmp_path / "another", *lamps(1, 6))
    assert await imports(another) == {"rows": 2, "created": 1, "unchanged": 1}
    assert imports.said == []


def test_ctrl_c_ends_it_and_it_goes_on_at_once(imports: Imports, feed: Path) -> None:
    with broken_off(lambda: signal.raise_signal(signal.SIGINT)):
        imports.run(feed, exits=130)
    assert imports.said[-1] == f"catalog: Stopped. What was imported stays: {GO_ON}"
    assert imports.run(feed) == {"rows": 5, "created": 5}


async def test_while_another_runs_it_is_told_who_that_is(
    imports: Imports, feed: Path, engine: AsyncEngine
) -> None:
    async with driver(engine) as connection:
        await connection.execute(_HOLD)
        importing = asyncio.create_task(imports(feed, exits=4))
        while not importing.done():  # as whoever works on it does
            await connection.execute(_RENEW)
            await asyncio.wait([importing], timeout=0.05)
    assert await importing == {}
    assert (
        "A feed of the source default is being imported already, by elsewhere:1"
        in (imports.said[-1])
    )
    assert await logged(engine) == []
