"""What is told of appends, from made-up cells."""

from dataclasses import replace
from itertools import product

import pytest

from benchmarks.appending.append import QUICK, Cell
from benchmarks.appending.contestants.lineup import ALL, OURS, OURS_IN_3, PGBENCH, PLAIN
from benchmarks.appending.promises import promises
from benchmarks.appending.ratios import ratios
from benchmarks.appending.report import report
from benchmarks.appending.results import Results, p50_ms, p99_ms
from benchmarks.asking.load import Load
from benchmarks.harness.figures import Figure

ROUNDS = (0, 1, 2)


def _cell(
    contestant: str, writers: int, n: int, *, rate: float, delay: int = 0, ms: float = 1.0
) -> Cell:
    latencies = [ms * share / 50_000 for share in range(1, 101)]
    return Cell(contestant, writers, delay, n, Load(rate, latencies))


def _beside_plain(ours: list[float], theirs: list[float], writers: int = 64) -> Results:
    """Appends a second in each round."""
    return Results(
        [
            _cell(name, writers, n, rate=rate)
            for name, rates in ((OURS.name, ours), (PLAIN.name, theirs))
            for n, rate in enumerate(rates)
        ]
    )


def _all(*, ours: float, ms: float = 1.0) -> Results:
    """Everybody else appends 1,000 times a second, with a latency of 1 ms."""
    return Results(
        [
            _cell(
                who.name,
                writers,
                n,
                rate=ours if who is OURS else 1_000,
                delay=delay,
                ms=ms if who is OURS else 1.0,
            )
            for n, delay, writers, who in product(ROUNDS, (0, 1), (1, 64), ALL)
            if who.processes <= writers
        ]
    )


def test_a_ratio_is_that_within_a_round() -> None:
    results = _beside_plain([1_000, 2_000, 9_000], [500, 500, 4_500])

    assert results.ratio(OURS.name, PLAIN.name, 64, 0) == Figure(2, 2, 4)


def test_who_did_not_take_part_has_no_ratio() -> None:
    results = _beside_plain([1_000], [500])

    assert results.ratio(OURS.name, PGBENCH.name, 64, 0) is None
    assert results.ratio(OURS.name, PLAIN.name, 16, 0) is None


def test_a_missed_round_is_compared_with_none() -> None:
    with pytest.raises(ValueError, match="zip"):
        _beside_plain([1_000, 1_000], [500]).ratio(OURS.name, PLAIN.name, 64, 0)


def test_latencies_are_told_by_the_share_that_took_no_longer() -> None:
    cell = _cell(OURS.name, 1, 0, rate=1, ms=2.0)

    assert p50_ms(cell) == pytest.approx(2.04)
    assert p99_ms(cell) == pytest.approx(4.0)


def test_who_answered_nothing_keeps_no_promise() -> None:
    silent = replace(_cell(OURS.name, 1, 0, rate=0), load=Load(0, []))
    results = Results([silent, _cell(PLAIN.name, 1, 0, rate=1_000)])

    [alone] = promises(results)
    assert not alone.kept
    assert results.ratio(OURS.name, PLAIN.name, 1, 0) == Figure(0, 0, 0)
    assert next(line for line in report(results) if "; inf, inf" in line).startswith("| the log")


@pytest.mark.parametrize(("ours", "ms", "kept"), [(10_000, 1.5, 5), (9_999, 1.5, 3), (900, 1.6, 0)])
def test_promises_are_kept_by_medians(ours: float, ms: float, kept: int) -> None:
    shown = list(promises(_all(ours=ours, ms=ms)))

    assert [each.kept for each in shown].count(True) == kept
    assert len(shown) == 5


def test_a_promise_tells_the_median_with_least_and_most() -> None:
    results = _beside_plain([1, 1, 1], [1, 1, 1], writers=1)

    [alone] = promises(results)
    assert alone.what == "a lone writer: p50, at most 1.5 times plain insert"
    assert alone.measured == "1.00 (1.00 … 1.00)"


def test_quick_has_who_is_asked_for_by_the_floors() -> None:
    results = Results(
        [
            _cell(who.name, writers, n, rate=6_000 if who is OURS else 2_000)
            for n, (writers, who) in product(ROUNDS, QUICK.crowds)
        ]
    )

    assert dict(ratios(results)) == {
        "append, 16 writers: times one append a transaction": Figure(3, 3, 3),
        "append, 64 writers: times plain insert": Figure(3, 3, 3),
        "append, a lone writer: plain insert's p50 over ours": Figure(1, 1, 1),
    }


def test_a_slower_latency_of_ours_is_a_smaller_ratio() -> None:
    times = dict(ratios(_all(ours=1_000, ms=2.0)))

    assert times["append, a lone writer: plain insert's p50 over ours"].median == 0.5


def test_each_delay_has_its_tables() -> None:
    lines = list(report(_all(ours=2_000)))

    assert sum("as times others'" in line for line in lines) == 2
    [ratio, rate] = [line for line in lines if line.startswith(f"| {OURS_IN_3.name}")][:2]
    assert [each.strip() for each in ratio.split("|")[2:4]] == ["-", "2.00 (2.00 … 2.00)"]
    assert "1,000 (1,000 … 1,000); 1.02, 2.00" in rate


def test_cells_are_kept_as_rows() -> None:
    [row] = Results([_cell(OURS.name, 16, ROUNDS[-1], rate=1234.56, delay=1)]).as_rows()

    assert row == {
        "contestant": OURS.name,
        "writers": 16,
        "commit_delay_ms": 1,
        "round": ROUNDS[-1],
        "appends_per_second": 1234.6,
        "p50_ms": pytest.approx(1.02),
        "p99_ms": pytest.approx(2.0),
    }
