"""How fast a replay goes by."""

from datetime import UTC, datetime, timedelta

import pytest
import typer

from cli.speed import Metronome, Speed, speed

NOON = datetime(2024, 1, 20, 12, tzinfo=UTC)


def dues(given: str, *minutes: float) -> list[float]:
    """When events that occurred so many minutes after noon are shown."""
    metronome = Metronome(speed(given))
    return [metronome.due(NOON + timedelta(minutes=each)) for each in minutes]


def test_events_may_go_by_at_a_rate_whenever_they_occurred() -> None:
    assert dues("20/s", 0, 0, 60, 5) == pytest.approx([0, 0.05, 0.1, 0.15])


def test_business_time_may_go_by_faster_than_it_did() -> None:
    assert dues("3600x", 0, 30, 60, 60) == pytest.approx([0, 0.5, 1, 1])


def test_what_occurred_before_the_last_one_takes_no_time() -> None:
    assert dues("60x", 10, 0, 10, 11) == pytest.approx([0, 0, 0, 1])


def test_nothing_is_held_up_unless_somebody_says_so() -> None:
    assert dues("max", 0, 1e6, 5e6) == [0, 0, 0]
    assert speed("max") == Speed()


@pytest.mark.parametrize("text", ["", "20", "0/s", "0.0x", "-1x", "x", "1e3x", "20/m", "fast"])
def test_no_speed_is_told(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no speed"):
        speed(text)


async def test_it_waits_until_an_event_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("asyncio.sleep", sleep)
    monkeypatch.setattr("cli.speed.monotonic", lambda: 100.0)
    metronome = Metronome(speed("60x"))
    for minutes in (0, 1, 1, 3):
        await metronome.reach(NOON + timedelta(minutes=minutes))
    assert slept == pytest.approx([1, 1, 3])
