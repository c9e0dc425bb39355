"""What imports are to show, and whether they did."""

from collections.abc import Iterator, Sequence

from benchmarks.harness.figures import figure
from benchmarks.harness.shown import Shown
from benchmarks.importing.course import Course
from benchmarks.importing.memory import Held
from benchmarks.material.months import spelled
from commands.feeds.report import Counts

FIRST_A_SECOND, LATER_A_SECOND = 10_000, 20_000
"""Rows, of a first import and of later ones."""
READABLE_SECONDS = 3.0
"""More, for a first import."""
MB = 10**6
PEAK_MB = 300


def promises(course: Course, held: Sequence[Held]) -> list[Shown]:
    return [*answers(course, held), *_speeds(course)]


def answers(course: Course, held: Sequence[Held]) -> Iterator[Shown]:
    """What has to be right on any machine."""
    for feed, cells in course.by_feed.items():
        expected = cells[0].month.expected
        nothing = Counts(rows=expected.rows, unchanged=expected.rows)
        yield _counted(feed, expected, [cell.first.did for cell in cells])
        yield _counted(f"{feed}, again", nothing, [cell.again.did for cell in cells])
    same = len({*course.digests}) == 1
    yield Shown("read in the end, round by round", "the same" if same else "others", same)
    for each in held:
        yield _counted(f"{each}", each.expected, [each.did])
        peak = each.peak_bytes / MB
        yield Shown(f"{each}: below {PEAK_MB} MB", f"{peak:.0f}", peak < PEAK_MB)


def _speeds(course: Course) -> Iterator[Shown]:
    for feed, cells in course.by_feed.items():
        is_first = cells[0].month.is_first
        least = FIRST_A_SECOND if is_first else LATER_A_SECOND
        rate = figure([cell.per_second(cell.first) for cell in cells])
        yield Shown(f"{feed}: {least:,} rows/s", f"{rate:,.0f}", rate.median >= least)
        if is_first:
            more = figure([cell.first.readable_seconds for cell in cells])
            what = f"{feed}: readable after {READABLE_SECONDS:g} s more"
            yield Shown(what, f"{more:.2f}", more.median <= READABLE_SECONDS)


def _counted(what: str, expected: Counts, did: Sequence[Counts]) -> Shown:
    wrong = [each for each in did if each != expected]
    return Shown(f"{what}: {spelled(expected)}", spelled([*wrong, *did][0]), not wrong)
