"""Batches grow while they are quick, and shrink when they are slow."""

from itertools import repeat

import pytest

from workers.pace import AIMED_SECONDS, BULK, FIRST, GATHERED_SECONDS, LEAST, Pace, rest

MOST = 2_000
QUICK, FAIR, SLOW = AIMED_SECONDS / 2, AIMED_SECONDS * 1.5, AIMED_SECONDS * 3


def after(*seconds: float, most: int = MOST) -> int:
    """The limit after full batches that took so long."""
    pace = Pace(most)
    for each in seconds:
        pace.took(pace.limit, each)
    return pace.limit


@pytest.mark.parametrize(
    ("took", "limit"),
    [
        ((), FIRST),
        ((QUICK,), FIRST * 2),
        ((FAIR,), FIRST),
        ((SLOW,), FIRST // 2),
        ((QUICK, SLOW, FAIR), FIRST),
        (tuple(repeat(QUICK, 20)), MOST),
        (tuple(repeat(SLOW, 20)), LEAST),
    ],
)
def test_the_next_batch_takes_what_the_last_ones_suggest(
    took: tuple[float, ...], limit: int
) -> None:
    assert after(*took) == limit


def test_a_quick_batch_that_was_not_full_says_nothing_of_a_larger_one() -> None:
    pace = Pace(MOST)
    pace.took(FIRST - 1, QUICK)
    assert pace.limit == FIRST


def test_a_slow_batch_shrinks_the_next_one_however_small_it_was() -> None:
    pace = Pace(MOST)
    pace.took(1, SLOW)
    assert pace.limit == FIRST // 2


@pytest.mark.parametrize("took", [(), (QUICK, QUICK), (SLOW, SLOW)])
def test_never_more_than_the_most(took: tuple[float, ...]) -> None:
    assert after(*took, most=3) == 3


def test_bulk_is_let_gather_until_it_is_old_enough() -> None:
    assert rest(BULK, 0.0) == GATHERED_SECONDS
    assert rest(BULK, GATHERED_SECONDS) == 0.0
    assert rest(BULK, 3600.0) == 0.0


def test_nobody_who_waits_for_a_single_event_waits_longer() -> None:
    assert rest(BULK - 1, 0.0) == 0.0
