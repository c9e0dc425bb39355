"""What is told of the worker and of rebuilds, from made-up figures."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from benchmarks.asking import lagging
from benchmarks.asking.shoppers import Seen
from benchmarks.harness.figures import Figure
from benchmarks.harness.spread import Spread
from benchmarks.material.announcements import Announcements
from benchmarks.projecting import lag, lag_part, rebuild, rebuild_part, throughput_part
from benchmarks.projecting.throughput import Pass
from benchmarks.projecting.ways import COMPLETE, COPY, LIVE, REBUILT
from tests.measured import MACHINE

EVENTS = 60_000


def _passes(*rounds: tuple[float, float, float, float]) -> list[Pass]:
    """Seconds of each way, round by round."""
    ways = (COPY, LIVE, COMPLETE, REBUILT)
    return [
        Pass(way, n, EVENTS, seconds)
        for n, taken in enumerate(rounds)
        for way, seconds in zip(ways, taken, strict=True)
    ]


def test_ways_are_held_against_copy_round_by_round() -> None:
    part = throughput_part.part(MACHINE, EVENTS, _passes((0.25, 2, 1, 1), (0.125, 2, 1, 2)))

    assert part.how == "2 rounds of 60,000 events"
    assert part.ratios == {
        "projection, live: COPY's time over ours": Figure(0.09375, 0.0625, 0.125),
        "projection, rebuild: COPY's time over ours": Figure(0.1875, 0.125, 0.25),
    }
    row = next(line for line in part.report if LIVE in line)
    assert [each.strip() for each in row.split("|")[2:4]] == [
        "12.0 (8.0 … 16.0)",
        "30,000 (30,000 … 30,000)",
    ]


@pytest.mark.parametrize(
    ("live", "rebuilt", "kept"),
    [(2.0, 1.0, [True, True]), (2.1, 1.0, [False, True]), (2.0, 1.1, [True, False])],
)
def test_floors_are_those_of_the_worker_and_of_the_whole_rebuild(
    live: float, rebuilt: float, kept: list[bool]
) -> None:
    part = throughput_part.part(MACHINE, EVENTS, _passes((0.1, live, 0.9, rebuilt)))

    assert [each.kept for each in part.shown] == kept


def _announcements(*heard: tuple[int, float]) -> Announcements:
    positions, moments = zip(*heard, strict=True)
    return Announcements([-1, *positions], [0.0, *moments])


def test_a_write_is_visible_when_its_position_is_announced_or_a_later_one() -> None:
    writes = lagging.Writes([lagging.Write(10.0, 10.001, 4), lagging.Write(10.002, 10.004, 6)])

    told = lagging.lag_of(100, writes, _announcements((5, 10.003), (9, 10.010)))

    assert told.writes == 2
    assert told.acknowledged.longest == pytest.approx(2)
    assert told.visible.longest == pytest.approx(8)
    assert told.visible_after.longest == pytest.approx(6)


def test_what_is_visible_before_it_is_acknowledged_was_not_waited_for() -> None:
    writes = lagging.Writes([lagging.Write(10.0, 10.009, 4)])

    told = lagging.lag_of(100, writes, _announcements((4, 10.003)))

    assert told.visible.longest == pytest.approx(3)
    assert told.visible_after.longest == 0


def test_lag_tells_how_much_later_than_acknowledged() -> None:
    told = lagging.Lag(500, 9, 0, Spread(2, 3, 4, 5), Spread(5, 6, 7, 8), Spread(3, 3, 3, 3))

    part = lag_part.part(MACHINE, lag.Plan(hints=False, seconds=20), 5_000, [told])

    assert part.how == "20 s for each rate, by polling alone, in a log of 5,000 events"
    assert part.figures["hints"] is False
    assert [each.strip() for each in part.report[-1].split("|")[1:-1]] == [
        "500",
        "2.5",
        "2.0, 3.0, 4.0, 5.0",
        "5.0, 6.0, 7.0, 8.0",
        "3.0, 3.0, 3.0, 3.0",
        "0",
    ]
    assert part.failed is None


def test_a_rate_that_was_refused_fails_the_part_and_keeps_the_others() -> None:
    announcements = _announcements((4, 10.003))
    taken = lagging.lag_of(100, lagging.Writes([lagging.Write(10.0, 10.001, 4)]), announcements)
    refused = lagging.lag_of(2_000, lagging.Writes(refused=1_234), announcements)

    part = lag_part.part(MACHINE, lag.Plan(), 5_000, [taken, refused])

    assert part.failed == "writes were refused: 1,234 at 2,000 a second"
    rows = [[each.strip() for each in line.split("|")[1:-1]] for line in part.report[-2:]]
    assert rows[0][:2] == ["100", "3.0"]
    assert rows[1] == ["2,000", "-", "-", "-", "-", "1,234"]


def _seen(count: int, seconds: float) -> list[Seen]:
    return [
        Seen(what, 0.0, seconds, failure=None, stale=False)
        for what in ("write", "read")
        for _ in range(count)
    ]


def _outcome(during: Sequence[Seen]) -> rebuild.Outcome:
    return rebuild.Outcome(4.2, rebuild.phases(_seen(10, 0.001)), rebuild.phases(during))


def test_a_rebuild_that_nobody_noticed_has_kept_what_was_promised() -> None:
    part = rebuild_part.part(MACHINE, rebuild.Plan(), EVENTS, _outcome(_seen(20, 0.003)))

    assert part.failed is None
    assert [each.measured for each in part.shown] == ["0 of 60", "0 of 60"]
    writes = next(line for line in part.report if "writes" in line)
    assert [each.strip() for each in writes.split("|")[2:6]] == [
        "3.0, 3.0",
        "1.0, 1.0, 1.0, 1.0",
        "3.0, 3.0, 3.0, 3.0",
        "30",
    ]


@pytest.mark.parametrize(
    ("failure", "stale", "kept"), [("503", False, [False, True]), (None, True, [True, False])]
)
def test_one_flawed_answer_fails_a_rebuild(
    *, failure: str | None, stale: bool, kept: list[bool]
) -> None:
    *others, last = _seen(20, 0.003)
    seen = [*others, replace(last, failure=failure, stale=stale)]

    part = rebuild_part.part(MACHINE, rebuild.Plan(), EVENTS, _outcome(seen))

    assert [each.kept for each in part.shown] == kept
    assert part.failed == rebuild_part.FLAWED
