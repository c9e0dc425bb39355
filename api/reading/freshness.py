"""Read your own writes: a read waits until what it is made from has reached a position."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.errors import ProjectionBehind
from api.reading.known_positions import Announced, KnownPositions
from api.reading.standing import Standing
from events.tracing import tracing
from queries.answer import Answer
from queries.positions import Source

STANDSTILL = {"Retry-After": "60"}
"""Only an operator or another release makes a parked product go on."""

GRACE_SECONDS = 10.0
"""How long after its time a read may wait for its turn whose position was reached in time."""

type Asking[T] = Callable[[], Awaitable[Answer[T]]]


class Freshness:
    """At most `waiting_limit` reads wait, and half as many for one catalog: others have the rest.

    Of those that may go on `reading_limit` are made at once: nobody else waits for a connection
    behind thousands.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        redis: Redis,
        announced: Announced,
        *,
        waiting_limit: int,
        reading_limit: int,
    ) -> None:
        self._known = KnownPositions(engine, redis, announced)
        self._waiting_limit = waiting_limit
        self._catalog_limit = (waiting_limit + 1) // 2
        self._turns = asyncio.Semaphore(reading_limit)

    @property
    def waiting(self) -> int:
        """How many reads wait for a position or for their turn, or have theirs."""
        return self._known.waiting

    async def run(self) -> None:
        await self._known.run()

    async def reflecting[T](
        self,
        catalog: str,
        minimum: int,
        wait_seconds: float,
        read: Asking[T],
        *,
        source: Source = "projected",
    ) -> Answer[T]:
        """The first answer of `read` that reflects `minimum`. Raises `ProjectionBehind`."""
        deadline = monotonic() + wait_seconds
        standing = self._known.of(source, catalog)
        answer = await _read(standing, minimum, read) if standing.position >= minimum else None
        if answer is None:
            awaiting = tracing.step("await position", attributes={"catalog.position": minimum})
            with awaiting, self._place(catalog, standing, minimum):
                answer = await self._awaited(standing, minimum, deadline, read)
        if answer is None:
            raise self._behind(catalog, standing, minimum)
        return answer

    async def _awaited[T](
        self, standing: Standing, minimum: int, deadline: float, read: Asking[T]
    ) -> Answer[T] | None:
        """None when its time is over."""
        while await self._has_turn(standing, minimum, deadline):
            try:  # what another's read has taught meanwhile spares this one
                known_below = standing.is_below(minimum)
                answer = None if known_below else await _read(standing, minimum, read)
            finally:
                self._turns.release()
            if answer is not None:
                return answer
            if not await standing.reaches(minimum, deadline):
                break
        return None

    async def _has_turn(self, standing: Standing, minimum: int, deadline: float) -> bool:
        """Whoever was released in time may be late: thousands may be before him."""
        if await _acquired(self._turns, deadline):
            return True
        late = deadline + GRACE_SECONDS
        return standing.position >= minimum and await _acquired(self._turns, late)

    @contextmanager
    def _place(self, catalog: str, standing: Standing, minimum: int) -> Iterator[None]:
        full = self._known.waiting_for(catalog) >= self._catalog_limit
        if full or self.waiting >= self._waiting_limit:
            raise self._behind(catalog, standing, minimum)
        with self._known.wanted(catalog):
            yield

    def _behind(self, catalog: str, standing: Standing, minimum: int) -> ProjectionBehind:
        """With what the log has beyond it, where that is known."""
        head = self._known.of("appended", catalog).position
        lag = {"lag_events": max(head - standing.position, 0)} if head else {}
        return ProjectionBehind(position=standing.position, minimum=minimum, **lag)


async def _acquired(turns: asyncio.Semaphore, deadline: float) -> bool:
    try:
        async with asyncio.timeout(deadline - monotonic()):
            return await turns.acquire()
    except TimeoutError:
        return False


async def _read[T](standing: Standing, minimum: int, read: Asking[T]) -> Answer[T] | None:
    """None when the answer reflects less; `ProjectionBehind` when no waiting will help."""
    believed = standing.position
    answer = await read()
    if answer.stands_still and answer.position < minimum:
        raise ProjectionBehind(
            position=answer.position, minimum=minimum, stands_still=True, headers=STANDSTILL
        )
    if answer.position < minimum:
        standing.prove(answer.position, believed=believed)
        return None
    standing.rise(answer.position)
    return answer
