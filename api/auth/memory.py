"""What a process remembers for a while."""

from collections.abc import Callable
from time import monotonic


class Memory[K, V]:
    """At most `limit` values, each until its time is up by `clock`.

    The one that was put first makes room: where all are put for as long, its time ends first.
    """

    def __init__(self, limit: int, *, clock: Callable[[], float] = monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._kept: dict[K, tuple[V, float]] = {}

    def get(self, key: K) -> V | None:
        found = self.find(key)
        return found[0] if found else None

    def find(self, key: K) -> tuple[V, float] | None:
        """The value, and the seconds for which it is remembered still."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        value, until = kept
        remaining = until - self._clock()
        return (value, remaining) if remaining > 0 else None

    def put(self, key: K, value: V, seconds: float) -> None:
        self.drop(key)
        if len(self._kept) >= self._limit:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (value, self._clock() + seconds)

    def drop(self, key: K) -> None:
        self._kept.pop(key, None)
