"""How far an import has come: on a terminal as a bar, elsewhere as a line now and then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from cli.feeds.pace import Pace
from commands.feeds.report import Report
from commands.feeds.rows import Feed

LINE_SECONDS = 10.0
"""Between two lines where there is no terminal."""
PHASES = {"reading": "{name}", "archiving": "{name}: archiving what is missing", "done": "{name}"}

type Show = Callable[[Report], None]


@contextmanager
def progress(name: str, feed: Feed, console: Console) -> Iterator[Show]:
    """A function that shows where an import of the feed is; what stands still is shown once."""
    shown = _bar if console.is_terminal else _lines
    with shown(name, feed, console) as show:
        yield show


@contextmanager
def _bar(name: str, feed: Feed, console: Console) -> Iterator[Show]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,.0f}/s"),
        TimeRemainingColumn(),
    )
    pace = Pace()
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(name, total=feed.size, rows=0, rate=0.0)

        def show(report: Report) -> None:
            bar.update(
                task,
                description=PHASES[report.phase].format(name=name),
                completed=feed.read,
                rows=report.counts.rows,
                rate=pace.rate(report),
            )

        yield show


@contextmanager
def _lines(name: str, feed: Feed, console: Console) -> Iterator[Show]:
    pace = Pace()
    last = monotonic()

    def show(report: Report) -> None:
        nonlocal last
        if monotonic() - last >= LINE_SECONDS:
            last = monotonic()
            console.print(_line(name, feed, report, pace.rate(report)), markup=False)

    yield show


def _line(name: str, feed: Feed, report: Report, rate: float) -> str:
    if report.phase == "archiving":
        return f"{name}: {report.counts.archived:,} archived, which are missing from it"
    share = feed.read / feed.size if feed.size else 1.0
    return f"{name}: {share:.0%}, {report.counts.rows:,} rows, {rate:,.0f}/s"
