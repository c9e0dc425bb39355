"""What is told of writes over HTTP, from made-up cells."""

from collections.abc import Sequence
from itertools import product

import pytest

from benchmarks.asking.asking import Asked
from benchmarks.harness.figures import Figure
from benchmarks.writing.part import part
from benchmarks.writing.plan import (
    CRUD,
    EVENTSOURCING,
    FUNCTIONS,
    METHODS,
    OURS,
    PLAN,
    PROJECTED,
    QUICK,
    Method,
    Plan,
    Turn,
)
from benchmarks.writing.promises import promises
from benchmarks.writing.ratios import ratios
from benchmarks.writing.report import report
from benchmarks.writing.results import Results
from benchmarks.writing.turns import Cell, Contestant, Written, measure
from tests.measured import MACHINE


def _cell(
    contestant: str,
    rate: int,
    *,
    method: Method = "POST",
    writers: int = 64,
    n: int = 0,
    failed: int = 0,
    found: int | None = None,
) -> Cell:
    asked = Asked(2 * rate, failed, 2.0, p50_ms=1.5, p99_ms=9.0)
    return Cell(contestant, method, writers, n, Written(asked, found))


def _rounds(contestant: str, rates: Sequence[int], writers: int = 64) -> list[Cell]:
    return [_cell(contestant, rate, writers=writers, n=n) for n, rate in enumerate(rates)]


def _all(ours: int, projected: int | None = None) -> Results:
    """Everybody else writes 1,000 times a second, we with a worker as without unless told."""
    rates = {OURS: ours, PROJECTED: projected or ours}
    return Results(
        [
            _cell(who, rates.get(who, 1_000), method=method, writers=writers, n=n)
            for n, method, who in product(range(3), METHODS, PLAN.contestants)
            for writers in PLAN.loads(who)
        ]
    )


def test_a_ratio_is_that_within_a_round() -> None:
    results = Results([*_rounds(OURS, [1_000, 2_000, 9_000]), *_rounds(CRUD, [500, 500, 4_500])])

    assert results.ratio("POST", OURS, CRUD, 64) == Figure(2, 2, 4)


def test_who_did_not_take_part_has_no_ratio() -> None:
    results = Results(_rounds(OURS, [1_000]))

    assert results.ratio("POST", OURS, CRUD, 64) is None
    assert results.ratio("PUT", OURS, CRUD, 64) is None
    assert results.ratio_of_best("POST", OURS, [EVENTSOURCING]) is None
    assert not list(promises(results))
    assert not dict(ratios(results))


def test_each_rounds_best_are_held_against_each_other() -> None:
    results = Results(
        [
            *_rounds(OURS, [1_000, 8_000], writers=16),
            *_rounds(OURS, [4_000, 2_000], writers=256),
            *_rounds(EVENTSOURCING, [1_000, 500], writers=1),
            *_rounds(FUNCTIONS, [200, 2_000], writers=16),
        ]
    )

    best = results.ratio_of_best("POST", OURS, [EVENTSOURCING, FUNCTIONS])

    assert best == Figure(4, 4, 4)


def test_a_missed_round_is_not_passed_over() -> None:
    results = Results([*_rounds(OURS, [1_000, 1_000]), *_rounds(CRUD, [500])])

    with pytest.raises(ValueError, match="shorter"):
        results.ratio("POST", OURS, CRUD, 64)


@pytest.mark.parametrize(
    ("ours", "kept"),
    [
        pytest.param(4_000, [True] * 20, id="four times everybody"),
        pytest.param(3_999, [False] * 8 + [True] * 12, id="less than four times eventsourcing"),
        pytest.param(1_999, [False] * 20, id="less than twice CRUD"),
    ],
)
def test_what_is_promised_is_held_against_medians(ours: int, kept: list[bool]) -> None:
    shown = list(promises(_all(ours)))

    assert [each.kept for each in shown] == kept
    assert "eventsourcing" in shown[0].what
    assert "256 connections" in shown[-1].what


def test_what_is_promised_of_us_is_promised_of_us_with_a_worker_too() -> None:
    shown = list(promises(_all(ours=4_000, projected=1_999)))

    kept, not_kept = ([each.what for each in shown if each.kept is it] for it in (True, False))
    assert all(what.startswith(f"{PROJECTED}: ") for what in not_kept)
    assert [what.replace(PROJECTED, OURS) for what in not_kept] == kept


def test_floors_are_of_what_the_quick_mode_measures() -> None:
    quick = Results(
        [
            _cell(who, 1_000, method=method, writers=writers)
            for method, who in product(METHODS, QUICK.contestants)
            for writers in QUICK.loads(who)
        ]
    )

    assert dict(ratios(quick)).keys() == dict(ratios(_all(1_000))).keys()
    assert len(dict(ratios(quick))) == 4


def test_the_tables_have_everybody() -> None:
    lines = list(report(_all(4_000)))

    told = "\n".join(lines)
    assert all(who in told for who in PLAN.contestants)
    rates, _ = (line for line in lines if line.startswith(f"| {CRUD} "))
    assert rates.count("1,000 (1,000 … 1,000); 1.50, 9.00") == 4
    assert "Ours remembers a token" in told


@pytest.mark.parametrize(
    ("who", "other", "loads"),
    [(OURS, CRUD, 4), (PROJECTED, CRUD, 3), (OURS, FUNCTIONS, 3), (PROJECTED, FUNCTIONS, 2)],
)
def test_the_ratios_are_of_us_with_a_worker_and_without(who: str, other: str, loads: int) -> None:
    rows = [[each.strip() for each in line.split("|")[1:-1]] for line in report(_all(4_000))]

    post, put = (row for row in rows if row[:2] == [who, other])
    assert post == put
    assert post.count("4.00 (4.00 … 4.00)") == loads + 1
    assert post.count("-") == 4 - loads


@pytest.mark.parametrize(
    ("found", "honest"),
    [
        pytest.param(None, True, id="nobody looked"),
        pytest.param(1_999, False, id="one was lost"),
        pytest.param(2_000, True, id="each is there"),
        pytest.param(2_064, True, id="so are all that were under way"),
        pytest.param(2_065, False, id="more than anybody asked for"),
    ],
)
def test_what_was_acknowledged_has_to_be_found(found: int | None, *, honest: bool) -> None:
    cell = _cell(OURS, 1_000, found=found)

    assert cell.is_honest is honest
    assert (part(MACHINE, PLAN, "wrk", Results([cell])).failed is None) is honest


def test_a_write_that_fails_is_told() -> None:
    results = Results([_cell(OURS, 1_000, failed=3, found=2_000)])

    whole = part(MACHINE, PLAN, "wrk", results)

    assert whole.failed == "3 writes were not answered as they should be"
    assert whole.report[-1].startswith("2,000 writes were acknowledged over HTTP, and 3 failed.")
    assert "wrk" in whole.how


class _Told:
    """Writes nothing, and remembers for whom it was asked to."""

    def __init__(self, name: str, turns: list[tuple[str, Turn]]) -> None:
        self.name = name
        self._turns = turns

    def write(self, turn: Turn) -> Written:
        self._turns.append((self.name, turn))
        return Written(Asked(1, 0, turn.seconds, 1.0, 1.0))


def test_contestants_take_turns_there_and_back() -> None:
    plan = Plan(contestants=(OURS, EVENTSOURCING), connections=(1, 64), threads=(64,), rounds=2)
    turns: list[tuple[str, Turn]] = []
    contestants: list[Contestant] = [_Told(name, turns) for name in plan.contestants]

    cells = list(measure(contestants, plan))

    asked = [(name, turn.method, turn.writers) for name, turn in turns]
    assert asked[:6] == [
        (OURS, "POST", 1),
        (OURS, "POST", 64),
        (EVENTSOURCING, "POST", 64),
        (OURS, "PUT", 1),
        (OURS, "PUT", 64),
        (EVENTSOURCING, "PUT", 64),
    ]
    assert asked[6:] == asked[5::-1]
    assert len({turn.number for _, turn in turns}) == len(cells) == plan.turns
