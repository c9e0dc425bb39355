"""What is told of the past, from made-up answers."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.asking.asking import Asked
from benchmarks.harness.part import Part
from benchmarks.harness.telling import as_json
from benchmarks.material.feeds import Snapshot
from benchmarks.past.lowest_prices import Checked
from benchmarks.past.outcome import LONG, Lowest, Outcome
from benchmarks.past.part import measured, part
from benchmarks.past.then import Compared
from benchmarks.past.turns import Plan, Turn
from commands.feeds.report import Counts
from tests.measured import MACHINE, broken

MOMENT = datetime(2024, 1, 1, tzinfo=UTC)
MADE = Counts(rows=10, created=10)
WELL = Compared(MOMENT, 10, [])
LOWEST = Lowest(products=10, moments=[MOMENT], by_function=Checked(10), over_http=Checked(5))
FAST, SLOW, FAILED = (
    Asked(100, failed=failed, seconds=1, p50_ms=ms, p99_ms=2 * ms)
    for ms, failed in ((2.0, 0), (10.1, 0), (2.0, 1))
)
PAGES = [Turn("first page", FAST, FAST)] * 3
OUTCOME = Outcome(
    months=[MADE],
    expected=[MADE],
    compared=[WELL],
    versions=[(LONG, FAST)] * 3,
    turns=PAGES,
    lowest=LOWEST,
)
WRONG = Checked(10, [("LAMP-1", MOMENT)])
FEEDS = [Snapshot(MOMENT, [{"sku": "LAMP-1"}] * 10, f"{name}.ndjson") for name in "ab"]


def _part(outcome: Outcome) -> Part:
    return part(MACHINE, Plan(), outcome, FEEDS)


def test_what_holds_keeps_all() -> None:
    told = _part(OUTCOME)

    assert broken(told.shown) == []
    assert len(told.shown) == 6
    assert told.failed is None


@pytest.mark.parametrize(
    ("outcome", "promise"),
    [
        (replace(OUTCOME, months=[Counts(rows=10, created=9, failed=1)]), "snapshot 1"),
        (replace(OUTCOME, compared=[replace(WELL, differing=["LAMP-1"])]), "as of 2024-01-01"),
        (replace(OUTCOME, lowest=replace(LOWEST, by_function=WRONG)), "lowest price"),
        (replace(OUTCOME, lowest=replace(LOWEST, over_http=WRONG)), "lowest price"),
        (replace(OUTCOME, versions=[(LONG, SLOW)] * 2 + [(LONG, FAST)]), "version 1,000"),
        (replace(OUTCOME, versions=[(LONG, FAST)] * 2 + [(LONG, FAILED)]), "version 1,000"),
        (replace(OUTCOME, turns=[Turn("first page", FAST, SLOW)] * 3), "first page"),
        (replace(OUTCOME, turns=[*PAGES, Turn("first page", FAST, FAILED)]), "first page"),
    ],
)
def test_what_is_wrong_or_too_slow_fails_the_benchmark(outcome: Outcome, promise: str) -> None:
    told = _part(outcome)

    [found] = broken(told.shown)
    assert found.startswith(promise)
    assert told.failed == f"not kept: {found}"


def test_a_list_of_the_past_is_held_against_the_present_s_round_by_round() -> None:
    turns = [Turn("first page", FAST, SLOW), Turn("first page", SLOW, SLOW), *PAGES[:1]]

    told = _part(replace(OUTCOME, turns=turns))

    assert "1.00 (1.00 … 5.05)" in "\n".join(told.report)
    assert broken(told.shown) == []


def test_the_feeds_are_named_with_their_rows() -> None:
    assert _part(OUTCOME).how.startswith("a.ndjson (10 rows), b.ndjson (10 rows); 3 rounds")


def test_one_feed_alone_has_no_past() -> None:
    with pytest.raises(ValueError, match="two feeds or more"):
        measured(Plan(), [Path("products-2024-01-01.ndjson")])


def test_all_that_was_found_is_kept() -> None:
    kept = json.loads(json.dumps(as_json(_part(OUTCOME))))

    assert kept["versions"][0] == [
        LONG,
        {"requests": 100, "failed": 0, "seconds": 1, "p50_ms": 2.0, "p99_ms": 4.0},
    ]
    assert kept["compared"][0]["products"] == 10
    assert kept["lowest"]["by_function"]["answers"] == 10
