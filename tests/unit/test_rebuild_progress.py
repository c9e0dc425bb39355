"""How far a rebuild says it is, and how long it says that it still takes."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from projections import rebuild_progress
from projections.rebuild_progress import RebuildProgress

type Told = list[tuple[float, Mapping[str, Any]]]


@pytest.fixture
def told() -> Told:
    return []


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Its only element is the time, in seconds."""
    now = [100.0]
    monkeypatch.setattr(rebuild_progress, "perf_counter", lambda: now[0])
    return now


def progress(told: Told, total: int = 1_000) -> RebuildProgress:
    def report(done: float, details: Mapping[str, Any]) -> None:
        told.append((done, details))

    return RebuildProgress(7, total, report, began=100.0)


def test_nothing_is_told_before_there_is_something(told: Told) -> None:
    assert (progress(told).done, told) == (0.0, [])


def test_it_tells_events_their_rate_and_what_is_left(told: Told, clock: list[float]) -> None:
    made = progress(told)
    clock[0] += 2
    made.folded(400)
    clock[0] += 2
    made.folded(100)
    assert [done for done, _ in told] == pytest.approx([0.32, 0.4])
    always = {"generation": 7, "phase": "filling", "total_events": 1_000}
    assert [details for _, details in told] == [
        {**always, "events": 400, "events_per_second": 200, "estimate_seconds": 4.2},
        {**always, "events": 500, "events_per_second": 125, "estimate_seconds": 6.0},
    ]


def test_it_goes_on_from_phase_to_phase(told: Told, clock: list[float]) -> None:
    made = progress(told)
    for events in (1, 500, 499):
        clock[0] += 1
        made.folded(events)
    for phase in (*rebuild_progress.FOLLOWING, "done"):
        clock[0] += 1
        made.enter(phase)
    done = [each for each, _ in told]
    assert all(earlier <= later for earlier, later in pairwise(done))
    assert done[2:] == pytest.approx([0.8, 0.8, 0.85, 0.9, 0.95, 1.0])
    assert [details["phase"] for _, details in told[3:]] == [*rebuild_progress.FOLLOWING, "done"]
    assert told[-1][1]["estimate_seconds"] == 0


@pytest.mark.parametrize("total", [0, 10])
def test_more_events_than_there_were_are_no_more_than_all(
    told: Told, clock: list[float], total: int
) -> None:
    clock[0] += 1
    progress(told, total).folded(20)
    assert told[0][0] == pytest.approx(0.8)


def test_without_anything_done_there_is_no_estimate(told: Told, clock: list[float]) -> None:
    clock[0] += 1
    progress(told).folded(0)
    ((done, details),) = told
    assert (done, details["events_per_second"], details["estimate_seconds"]) == (0, 0, None)


def test_in_no_time_there_is_no_rate(told: Told, clock: list[float]) -> None:
    assert clock
    progress(told).folded(10)
    assert told[0][1]["events_per_second"] == 0
