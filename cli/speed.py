"""How fast events go by: so many a second, or business time so many times as fast."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

import typer

_SPEED = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>/s|x)")


@dataclass(frozen=True, slots=True)
class Speed:
    """What is infinite holds nothing up."""

    events_a_second: float = float("inf")
    times_real: float = float("inf")


def speed(text: str) -> Speed:
    """`20/s`, `3600x`, or `max`."""
    if text == "max":
        return Speed()
    found = _SPEED.fullmatch(text)
    number = float(found["number"]) if found else 0.0
    if not found or not number:
        raise typer.BadParameter(f"{text} is no speed: 20/s, 3600x (an hour a second), or max.")
    return Speed(events_a_second=number) if found["unit"] == "/s" else Speed(times_real=number)


class Metronome:
    """Events in their order; business time that goes back, as in a late import, takes no time."""

    def __init__(self, speed: Speed) -> None:
        self._speed = speed
        self._count = 0
        self._began: datetime | None = None
        self._reached: datetime | None = None
        self._start = 0.0

    def due(self, occurred_at: datetime) -> float:
        """How many seconds after the first event the next one is to be shown."""
        self._began = self._began or occurred_at
        self._reached = max(self._reached or occurred_at, occurred_at)
        passed = (self._reached - self._began).total_seconds()
        due = self._count / self._speed.events_a_second + passed / self._speed.times_real
        self._count += 1
        return due

    async def reach(self, occurred_at: datetime) -> None:
        """Waits until the next event is due."""
        self._start = self._start or monotonic()
        remaining = self._start + self.due(occurred_at) - monotonic()
        if remaining > 0:
            await asyncio.sleep(remaining)
