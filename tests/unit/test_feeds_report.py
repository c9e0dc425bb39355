"""What is told of imports, from made-up cells."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.harness.part import Part
from benchmarks.harness.telling import as_json
from benchmarks.importing.cells import Cell, Imported, Month
from benchmarks.importing.course import COMMAND, Course, Plan
from benchmarks.importing.memory import Held
from benchmarks.importing.part import FLOOR, part
from benchmarks.material.feeds import read_snapshots
from benchmarks.material.months import expected
from commands.feeds.report import Counts
from tests.measured import MACHINE, broken

ROWS = 150
MB = 10**6
SNAPSHOTS = [replace(each, rows=each.rows[-ROWS:]) for each in read_snapshots([])]
MONTHS = [
    Month(snapshot, Path("feed"), did)
    for snapshot, did in zip(SNAPSHOTS, expected(SNAPSHOTS), strict=True)
]
FIRST, *LATER = MONTHS
KNOWN = Counts(rows=ROWS, unchanged=ROWS)
MILLION = Counts(rows=10**6, created=10**6)
HELD = Held(MILLION, MILLION, seconds=80, peak_bytes=150 * MB)
AT_ONCE = 0.005
"""Seconds: 30,000 rows in one."""


def _imported(did: Counts, seconds: float = AT_ONCE) -> Imported:
    return Imported(did=did, seconds=seconds, readable_seconds=1.0, whole_seconds=3.0)


COURSE = Course(
    cells=[
        Cell(
            way=COMMAND,
            round=n,
            month=month,
            first=_imported(month.expected),
            again=_imported(KNOWN),
            copy_seconds=AT_ONCE / (10 * (n + 1)),
        )
        for n in range(2)
        for month in MONTHS
    ],
    digests=["same", "same"],
)


def _part(course: Course = COURSE, held: Held = HELD) -> Part:
    return part(MACHINE, Plan(), course, [held])


def _with(month: Month, change: Callable[[Cell], Cell]) -> Course:
    """Another cell of that feed, in each round."""
    cells = [change(cell) if cell.month is month else cell for cell in COURSE.cells]
    return replace(COURSE, cells=cells)


def test_a_sync_is_expected_to_do_what_the_snapshots_say() -> None:
    did = [month.expected for month in MONTHS]

    assert [each.created for each in did] == [150, 50, 0]
    assert [each.archived for each in did] == [0, 50, 50]
    assert [each.restored for each in did] == [0, 0, 50]
    assert all(each.changed for each in did[1:])
    assert [month.is_first for month in MONTHS] == [True, False, False]


def test_what_holds_keeps_all() -> None:
    told = _part()

    assert broken(told.shown) == []
    assert len(told.shown) == 2 * 3 + 1 + 2 + 4
    assert told.failed is None


@pytest.mark.parametrize(
    ("course", "held", "promise"),
    [
        (_with(FIRST, lambda cell: replace(cell, first=cell.again)), HELD, f"{FIRST}, {COMMAND}:"),
        (_with(LATER[0], lambda cell: replace(cell, again=cell.first)), HELD, "again:"),
        (replace(COURSE, digests=["same", "other"]), HELD, "read in the end"),
        (COURSE, replace(HELD, did=KNOWN), "1,000,000 rows, all new: 1,000,000 created"),
        (COURSE, replace(HELD, peak_bytes=300 * MB), "below 300 MB"),
    ],
)
def test_what_is_not_right_fails_the_benchmark(course: Course, held: Held, promise: str) -> None:
    told = _part(course, held)

    [found] = broken(told.shown)
    assert promise in found
    assert told.failed == f"not kept: {found}"


def _taking(seconds: float) -> Callable[[Cell], Cell]:
    return lambda cell: replace(cell, first=replace(cell.first, seconds=seconds))


@pytest.mark.parametrize(
    ("course", "promise"),
    [
        (_with(FIRST, _taking(ROWS / 9_999)), f"{FIRST}, {COMMAND}: 10,000 rows/s"),
        (_with(LATER[0], _taking(ROWS / 19_999)), f"{LATER[0]}, {COMMAND}: 20,000 rows/s"),
        (
            _with(
                FIRST,
                lambda cell: replace(cell, first=replace(cell.first, readable_seconds=3.1)),
            ),
            f"{FIRST}, {COMMAND}: readable after 3 s more",
        ),
    ],
)
def test_what_is_too_slow_is_only_told(course: Course, promise: str) -> None:
    told = _part(course)

    assert broken(told.shown) == [promise]
    assert told.failed is None


def test_the_floor_is_of_first_imports_round_by_round() -> None:
    times = _part().ratios[FLOOR]

    assert [times.least, times.median, times.most] == pytest.approx([0.05, 0.075, 0.1])


def test_the_feeds_are_named_with_their_rows() -> None:
    assert _part().how.startswith("2 rounds of the sample (150 rows), the sample, month 2 (150")


def test_a_feed_that_is_repeated_has_each_sku_once() -> None:
    skus = [row["sku"] for row in SNAPSHOTS[0].repeated(3).rows]

    assert len(skus) == len({*skus}) == 3 * ROWS
    assert skus[:ROWS] == [row["sku"] for row in SNAPSHOTS[0].rows]


def test_every_import_is_kept() -> None:
    kept = json.loads(json.dumps(as_json(_part())))

    assert [cell["feed"] for cell in kept["feeds"]] == [str(month) for month in MONTHS] * 2
    assert kept["feeds"][0]["first"]["did"]["created"] == ROWS
    assert kept["memory"][0]["peak_bytes"] == HELD.peak_bytes
