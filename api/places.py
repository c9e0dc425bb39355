"""How many things of a kind a process does at a time, and how many of them for one user."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from events.errors import Refused

RETRY_SECONDS = 5


class Places:
    def __init__(self, limit: int, refusal: type[Refused]) -> None:
        self._limit = limit
        self._refusal = refusal
        self._taken: Counter[str] = Counter()
        """By user."""

    @contextmanager
    def taken(self, user: str) -> Iterator[None]:
        """One more for the block; one user has half of the places at the most.

        Raises the refusal.
        """
        if self._taken.total() >= self._limit or self._taken[user] >= (self._limit + 1) // 2:
            raise self._refusal(headers={"Retry-After": RETRY_SECONDS})
        self._taken[user] += 1
        try:
            yield
        finally:
            self._taken -= Counter({user: 1})
