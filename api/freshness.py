"""Read your own writes: a read waits until what it is made from has reached a position."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.errors import ProjectionBehind
from api.known_positions import KnownPositions
from api.standing import Standing
from queries.answer import Answer
from queries.positions import Source

type Asking[T] = Callable[[], Awaitable[Answer[T]]]


class Freshness:
    """At most `waiting_limit` reads wait; of those that may go on `reading_limit` are made at once.

    Nobody else waits for a connection behind thousands.
    """

    def __init__(
        self, engine: AsyncEngine, redis: Redis, *, waiting_limit: int, reading_limit: int
    ) -> None:
        self._known = KnownPositions(engine, redis)
        self._waiting_limit = waiting_limit
        self._turns = asyncio.Semaphore(reading_limit)

    @property
    def waiting(self) -> int:
        """How many reads wait, or have waited and are about to be made."""
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
        attempt = _read if standing.position >= minimum else self._read_in_turn
        answer = await attempt(standing, minimum, read)
        if answer is not None:
            return answer
        with self._place(catalog, standing, minimum):
            while answer is None:
                if not await standing.reaches(minimum, deadline):
                    raise self._behind(catalog, standing, minimum)
                answer = await self._read_in_turn(standing, minimum, read)
        return answer

    async def _read_in_turn[T](
        self, standing: Standing, minimum: int, read: Asking[T]
    ) -> Answer[T] | None:
        """What another's read has taught meanwhile spares this one."""
        async with self._turns:
            return None if standing.is_below(minimum) else await _read(standing, minimum, read)

    @contextmanager
    def _place(self, catalog: str, standing: Standing, minimum: int) -> Iterator[None]:
        if self.waiting >= self._waiting_limit:
            raise self._behind(catalog, standing, minimum)
        with self._known.wanted(catalog):
            yield

    def _behind(self, catalog: str, standing: Standing, minimum: int) -> ProjectionBehind:
        """With what the log has beyond it, where that is known."""
        head = self._known.of("appended", catalog).position
        lag = {"lag_events": max(head - standing.position, 0)} if head else {}
        return ProjectionBehind(position=standing.position, minimum=minimum, **lag)


async def _read[T](standing: Standing, minimum: int, read: Asking[T]) -> Answer[T] | None:
    """None when the answer reflects less; `ProjectionBehind` when no waiting will help."""
    believed = standing.position
    answer = await read()
    if answer.stands_still and answer.position < minimum:
        raise ProjectionBehind(position=answer.position, minimum=minimum, stands_still=True)
    if answer.position < minimum:
        standing.prove(answer.position, believed=believed)
        return None
    standing.rise(answer.position)
    return answer
