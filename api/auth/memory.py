"""What a process remembers for a while."""

from time import monotonic


class Memory[K, V]:
    """At most `limit` values, each until its time is up; the oldest makes room."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: dict[K, tuple[V, float]] = {}

    def get(self, key: K) -> V | None:
        value, until = self._kept.get(key, (None, 0.0))
        return value if monotonic() < until else None

    def put(self, key: K, value: V, seconds: float) -> None:
        self.drop(key)
        if len(self._kept) >= self._limit:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (value, monotonic() + seconds)

    def drop(self, key: K) -> None:
        self._kept.pop(key, None)
