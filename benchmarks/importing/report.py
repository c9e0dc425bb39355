"""What imports showed as tables in Markdown."""

from collections.abc import Iterator, Sequence
from operator import attrgetter

from benchmarks.harness.figures import figure, ratio
from benchmarks.harness.tables import Row, table
from benchmarks.importing.cells import Cell, Imported
from benchmarks.importing.course import Course
from benchmarks.importing.memory import Held
from benchmarks.importing.promises import MB

HEAD = [
    "",
    "times as long as COPY",
    "rows/s until appended",
    "s more until readable",
    "s in all for its user",
]


def report(course: Course, held: Sequence[Held]) -> Iterator[str]:
    yield "Each feed, and the same again:\n"
    rows = [row for feed, cells in course.by_feed.items() for row in _rows(feed, cells)]
    yield from table(HEAD, rows)
    if held:
        yield "\nA long feed, by a process of its own:\n"
        yield from table(["", "rows/s until appended", "peak, MB"], [_of(each) for each in held])


def _rows(feed: str, cells: Sequence[Cell]) -> Iterator[Row]:
    yield _row(feed, cells, attrgetter("first"))
    yield _row("again", cells, attrgetter("again"))


def _row(name: str, cells: Sequence[Cell], of: "attrgetter[Imported]") -> Row:
    times = ratio([of(cell).seconds for cell in cells], [cell.copy_seconds for cell in cells])
    rate = figure([cell.per_second(of(cell)) for cell in cells])
    more = figure([of(cell).readable_seconds for cell in cells])
    whole = figure([of(cell).whole_seconds for cell in cells])
    return [name, f"{times:.1f}", f"{rate:,.0f}", f"{more:.2f}", f"{whole:.1f}"]


def _of(held: Held) -> Row:
    rate = held.expected.rows / held.seconds
    return [f"{held}", f"{rate:,.0f}", f"{held.peak_bytes / MB:.0f}"]
