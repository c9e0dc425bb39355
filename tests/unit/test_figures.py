"""Medians, ratios and spreads of the benchmarks, where nothing was measured, too."""

import json
from math import inf
from pathlib import Path

import pytest

from benchmarks.harness.figures import Figure, figure, ratio
from benchmarks.harness.kept import keep
from benchmarks.harness.spread import ENDLESS, Spread, spread


def test_a_figure_is_the_median_with_least_and_most() -> None:
    assert f"{figure([3, 1, 2]):.1f}" == "2.0 (1.0 … 3.0)"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param([4, 9, 8], [2, 3, 1], Figure(3, 2, 8), id="round by round"),
        pytest.param([4, 0, 8], [2, 3, 1], Figure(2, 0, 8), id="one did nothing once"),
        pytest.param([4, 9, 8], [2, 0, 1], Figure(8, 2, inf), id="the other did nothing once"),
    ],
)
def test_a_ratio_is_taken_of_whatever_was_measured(
    one: list[float], other: list[float], expected: Figure
) -> None:
    assert ratio(one, other) == expected


@pytest.mark.parametrize("nothing", [0.0, inf])
def test_a_round_in_which_neither_did_anything_is_no_ratio(nothing: float) -> None:
    times = ratio([1, nothing, 1], [1, nothing, 1])

    assert f"{times:.2f}" == "-"
    assert not times.median >= 0
    assert not times.median <= 1


def test_a_spread_is_told_in_milliseconds() -> None:
    took = spread([n / 1_000 for n in range(100, 0, -1)])

    assert took == Spread(51, 96, 100, 100)
    assert str(took) == "51.0, 96.0, 100.0, 100.0"


def test_what_was_never_answered_has_no_end() -> None:
    assert spread([]) == ENDLESS
    assert str(spread([])) == "-"


def test_what_has_no_end_is_null_in_a_file(tmp_path: Path) -> None:
    keep(tmp_path / "kept.json", {"p50_ms": [1.5, inf]})

    assert json.loads((tmp_path / "kept.json").read_text()) == {"p50_ms": [1.5, None]}
