"""So many of something in a minute, for each key, over all processes (ADR 21)."""

from collections.abc import Callable, Sequence
from itertools import batched
from time import time
from uuid import uuid4

from redis.asyncio import Redis

from api.rates.counts import WINDOW_SECONDS, Count, Counts
from events.circuit import Circuit
from events.database import statement

AT_ONCE = 500
"""Keys that Redis is told of in one call, which holds up all others for a millisecond or less."""
KEPT_SECONDS = 2 * WINDOW_SECONDS
"""By Redis: clocks of several machines differ."""


type Taken = tuple[bool, int, int]
"""Whether one was to be had, how many are left, and the seconds after which all are there anew. A
plain tuple: a named one would take as long as all the rest."""


class Limit:
    """`quota` a minute under the name of its policy; 0 means that nothing is limited.

    What the other processes count is heard of when they are told (`tell`): until then, and where
    Redis is away, a process decides on its own count.
    """

    def __init__(
        self,
        policy: bytes,
        quota: int,
        redis: Redis,
        circuit: Circuit,
        *,
        remembered: int,
        clock: Callable[[], float] = time,
    ) -> None:
        self.policy = policy
        self.named = b'"%b"' % policy
        """As header fields name it (RFC 9651, 3.3.3)."""
        self.quota = quota
        self.described = b"%b;q=%d;w=%d" % (self.named, quota, WINDOW_SECONDS)
        self._circuit = circuit
        self._counts = Counts(remembered, clock=clock)
        self._process = uuid4().hex
        self._tell = redis.register_script(statement(__package__, "lua/tell_counts.lua"))

    def take(self, key: str) -> Taken:
        """One of the quota, where one is left; what is refused is not counted."""
        count, seconds = self._counts.of(key)
        remaining = self.quota - count.here - count.elsewhere
        if remaining <= 0:
            return False, 0, seconds
        count.here += 1
        return True, remaining - 1, seconds

    async def tell(self) -> None:
        """The other processes what was counted here, and hear of theirs. Raises Away."""
        window = self._counts.window
        for some in batched(self._counts.untold(), AT_ONCE):
            await self._told(window, some)

    async def _told(self, window: int, some: Sequence[tuple[str, Count]]) -> None:
        counted = [count.here for _, count in some]
        async with self._circuit.asked():
            sums = await self._tell(
                [f"rates:{self.policy.decode()}:{window}:{key}" for key, _ in some],
                [self._process, KEPT_SECONDS, *counted],
            )
        for (_, count), here, total in zip(some, counted, sums, strict=True):
            count.told, count.elsewhere = here, total - here
