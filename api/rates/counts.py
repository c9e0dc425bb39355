"""What is counted by key within a minute of the wall clock, here and in the other processes."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from time import time

WINDOW_SECONDS = 60


@dataclass(slots=True)
class Count:
    here: int = 0
    elsewhere: int = 0
    """What the other processes had counted when they were last heard of."""
    told: int = 0
    """Of `here`, what they have heard of."""


class Counts:
    """Of at most `limit` keys; the one that was counted first makes room."""

    def __init__(self, limit: int, *, clock: Callable[[], float] = time) -> None:
        self._limit = limit
        self._clock = clock
        self._ends = 0.0
        self._kept: dict[str, Count] = {}

    @property
    def window(self) -> int:
        """The minute that is counted, by its number since 1970."""
        return int(self._ends) // WINDOW_SECONDS - 1

    def of(self, key: str) -> tuple[Count, int]:
        """With the seconds after which it begins anew, 1 to 60."""
        remaining = self._ends - self._clock()
        if not 0 < remaining <= WINDOW_SECONDS:
            remaining = self._begin_window()
        count = self._kept.get(key)
        return (count or self._begin(key)), ceil(remaining)

    def untold(self) -> list[tuple[str, Count]]:
        """What the others have not heard of yet."""
        return [(key, count) for key, count in self._kept.items() if count.here != count.told]

    def _begin_window(self) -> float:
        """Also where the clock was put back."""
        now = self._clock()
        self._ends = float((int(now) // WINDOW_SECONDS + 1) * WINDOW_SECONDS)
        self._kept = {}
        return self._ends - now

    def _begin(self, key: str) -> Count:
        if len(self._kept) >= self._limit:
            del self._kept[next(iter(self._kept))]
        count = self._kept[key] = Count()
        return count
