"""How far an import is: a bar on a terminal, and elsewhere a line now and then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from uuid import UUID

import pytest
from prometheus_client import REGISTRY
from rich.console import Console

from cli.feeds.pace import Pace
from cli.feeds.progress import LINE_SECONDS, progress
from commands.feeds.feed_product import FeedProduct
from commands.feeds.jobs import ImportArguments
from commands.feeds.report import Counts, Phase, Report
from commands.feeds.rows import Form, Row
from tests.clock import Clock
from workers.import_progress import ImportProgress


@dataclass
class HalfRead:
    """A feed of which half has been read."""

    form: Form = "csv"
    columns: Sequence[str] = ()
    meaning: bytes = b""
    size: int = 1_000
    read: int = 500

    def __iter__(self) -> Iterator[Row]:
        raise NotImplementedError

    def product(self, row: Row) -> FeedProduct:
        raise NotImplementedError


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(100.0)
    monkeypatch.setattr("cli.feeds.pace.monotonic", clock)
    monkeypatch.setattr("cli.feeds.progress.monotonic", clock)
    return clock


def report(
    rows: int, *, phase: Phase = "reading", archived: int = 0, resumed_at: int = 0
) -> Report:
    counts = Counts(rows=rows, archived=archived)
    return Report(UUID(int=1), counts, phase=phase, resumed_at=resumed_at)


def test_elsewhere_there_is_a_line_now_and_then(clock: Clock) -> None:
    told = StringIO()
    with progress("feed.csv", HalfRead(), Console(file=told)) as show:
        show(report(1_000))
        clock.goes_on(LINE_SECONDS)
        show(report(20_000))
        show(report(21_000))
        clock.goes_on(LINE_SECONDS)
        show(report(40_000, phase="archiving", archived=31))
    assert told.getvalue().splitlines() == [
        "feed.csv: 50%, 20,000 rows, 2,000/s",
        "feed.csv: 31 archived, which are missing from it",
    ]


def test_on_a_terminal_there_is_a_bar_with_rate_and_phase(clock: Clock) -> None:
    told = StringIO()
    console = Console(file=told, force_terminal=True, width=120)
    with progress("[feed].csv", HalfRead(), console) as show:
        clock.goes_on(2)
        show(report(40_000, phase="archiving"))
    for shown in ("[feed].csv", "archiving what is missing", "50%", "40,000 rows", "20,000/s"):
        assert shown in told.getvalue()


def test_a_worker_counts_what_it_has_done_itself() -> None:
    """From its first batch on, where another one has begun."""

    def created() -> float:
        labels = {"catalog": "resumed", "outcome": "created"}
        return REGISTRY.get_sample_value("catalog_projection_import_rows_total", labels) or 0.0

    asked = ImportArguments(file="a" * 32, size=1, sha256="", currency="EUR")
    told = ImportProgress("resumed", asked, HalfRead(), lambda *_: None).told
    goes_on = Report(UUID(int=1), Counts(rows=100, created=100), resumed_at=100)
    goes_on.counts = Counts(rows=150, created=150)
    told(goes_on)
    assert created() == 50
    goes_on.counts = Counts(rows=170, created=160)
    told(goes_on)
    assert created() == 60


def test_the_pace_is_that_of_the_rows_that_come_now(clock: Clock) -> None:
    pace = Pace()
    clock.goes_on(5)
    assert pace.rate(report(50_000, resumed_at=49_000)) == 0
    clock.goes_on(2)
    assert pace.rate(report(52_000, resumed_at=49_000)) == 1_000
