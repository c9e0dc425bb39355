"""Windows of a minute, by a given clock."""

import pytest

from api.rates.counts import Counts
from tests.clock import Clock

MINUTE = 1_700_000_040.0
"""One that begins: 28,333,334 minutes after 1970."""


def test_what_is_counted_counts_until_the_minute_ends() -> None:
    clock = Clock(MINUTE)
    counts = Counts(10, clock=clock)
    counts.of("ada")[0].here += 1
    clock.goes_on(59.9)
    assert counts.of("ada")[0].here == 1
    clock.goes_on(0.1)
    assert counts.of("ada")[0].here == 0


@pytest.mark.parametrize(("second", "left"), [(0, 60), (0.5, 60), (1, 59), (59, 1), (59.99, 1)])
def test_the_seconds_that_are_left_are_whole_and_never_none(second: float, left: int) -> None:
    assert Counts(10, clock=Clock(MINUTE + second)).of("ada")[1] == left


def test_all_processes_count_the_same_minute_whenever_they_begin() -> None:
    early, late = (Counts(10, clock=Clock(MINUTE + second)) for second in (0, 59))
    early.of("ada")
    late.of("ada")
    assert early.window == late.window == MINUTE // 60


@pytest.mark.parametrize("back", [0.5, 61])
def test_a_clock_that_was_put_back_begins_another_minute(back: float) -> None:
    clock = Clock(MINUTE)
    counts = Counts(10, clock=clock)
    counts.of("ada")[0].here += 1
    clock.goes_on(-back)
    count, left = counts.of("ada")
    assert count.here == 0
    assert 1 <= left <= 60
    assert counts.window == (MINUTE - back) // 60


def test_a_minute_that_nobody_asked_in_is_skipped() -> None:
    clock = Clock(MINUTE)
    counts = Counts(10, clock=clock)
    counts.of("ada")[0].here += 1
    clock.goes_on(600)
    count, left = counts.of("ada")
    assert (count.here, left) == (0, 60)


def test_no_more_keys_are_kept_than_the_limit() -> None:
    counts = Counts(3, clock=Clock(MINUTE))
    for number in range(100):
        counts.of(str(number))[0].here += 1
    assert [key for key, _ in counts.untold()] == ["97", "98", "99"]


def test_what_was_told_is_told_again_only_when_it_grows() -> None:
    counts = Counts(3, clock=Clock(MINUTE))
    count, _ = counts.of("ada")
    assert counts.untold() == []
    count.here = 2
    assert counts.untold() == [("ada", count)]
    count.told = 2
    assert counts.untold() == []
