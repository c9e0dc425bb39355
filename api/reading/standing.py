"""How far one catalog is known to have come, and who waits until it has come further."""

import asyncio
from bisect import bisect_left, bisect_right, insort
from itertools import count
from math import inf
from operator import itemgetter
from time import monotonic

RECENT_SECONDS = 0.5
"""How long after a hint another is counted on."""
DOUBT_SECONDS = 1.0
"""How long hints are not listened to after one was found untrue."""

type Waiter = tuple[int, int, asyncio.Future[None]]
"""The position that is waited for, and a number: the waiters of a catalog are in this order."""


class Standing:
    """What is known may be a hint: it holds until PostgreSQL, asked later, says less."""

    def __init__(self, *, believed_seconds: float) -> None:
        self.position = 0
        self._believed_seconds = believed_seconds
        self._told_at = -inf
        self._heard_at = -inf
        self._doubted_until = -inf
        self._numbers = count()
        self._waiters: list[Waiter] = []

    @property
    def waiters(self) -> int:
        return len(self._waiters)

    def hear(self, position: int) -> None:
        """A hint, which need not be true."""
        now = monotonic()
        if now >= self._doubted_until:
            self._heard_at = now
            self.rise(position)

    def rise(self, position: int) -> None:
        """What an answer reflects, which may be older than what is known."""
        if position >= self.position:
            self._tell(position)

    def prove(self, position: int, *, believed: int) -> None:
        """What PostgreSQL says, and what was known when it was asked."""
        if position < believed:
            self._tell(position)
            self._heard_at, self._doubted_until = -inf, monotonic() + DOUBT_SECONDS
        else:
            self.rise(position)

    def is_below(self, minimum: int) -> bool:
        """Whether it is known well enough to stand below that; it may have come further since."""
        return self.position < minimum and monotonic() - self._told_at < self._believed_seconds

    def is_heard(self) -> bool:
        """Whether hints come in."""
        return monotonic() - self._heard_at < RECENT_SECONDS

    async def reaches(self, minimum: int, deadline: float) -> bool:
        """Wait until it is known to, at the longest until `deadline` on the monotonic clock."""
        while self.position < minimum:
            if not await self._released(minimum, deadline):
                return False
        return True

    async def _released(self, minimum: int, deadline: float) -> bool:
        released: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiter = (minimum, next(self._numbers), released)
        insort(self._waiters, waiter)
        try:
            await asyncio.wait([released], timeout=deadline - monotonic())
        finally:
            if not released.done():
                del self._waiters[bisect_left(self._waiters, waiter)]
        return released.done()

    def _tell(self, position: int) -> None:
        self.position, self._told_at = position, monotonic()
        due = bisect_right(self._waiters, position, key=itemgetter(0))
        for _, _, released in self._waiters[:due]:
            released.set_result(None)
        del self._waiters[:due]
