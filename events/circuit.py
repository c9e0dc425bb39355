"""A circuit breaker (Nygard, "Release It!"): what does not answer is left alone for a while.

Closed, all may ask. One fault opens it: nobody asks while it rests. Then it is half open: one
caller tries, and the others go on without an answer until that one has got his.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from time import monotonic

import structlog
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

REST_SECONDS = 1.0
TICKS = 5
"""That a deadline is counted in. While a process stands still itself there is but one: what it
could not hear meanwhile is no fault of whom it has asked."""
REDIS_SECONDS = 0.25
"""The longest that anybody waits for Redis: whoever does has another way."""

type Told = Callable[[Circuit], None]
"""Hears whenever the circuit has opened or closed."""

log = structlog.get_logger(__name__)


class Away(Exception):  # noqa: N818 -- an answer, not a fault
    """No answer is to be had at the moment: what was asked failed, was too slow or rests."""


class Circuit:
    def __init__(
        self,
        name: str,
        *,
        faults: tuple[type[Exception], ...],
        refusals: tuple[type[Exception], ...] = (),
        deadline_seconds: float,
        rest_seconds: float = REST_SECONDS,
        told: Told = lambda _: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """It opens after `faults`, and after the deadline; `refusals` are answers."""
        self.deadline_seconds = deadline_seconds
        self._away, self._back = f"{name}_away", f"{name}_back"
        self._told = told
        self._faults: tuple[type[Exception], ...] = (*faults, TimeoutError)
        self._refusals = refusals
        self._rest_seconds = rest_seconds
        self._clock = clock
        self._rests_until: float | None = None
        self._is_tried = False
        self._asking: dict[asyncio.Timeout, int] = {}
        self._ticks = 0
        self._is_ticking = False

    @property
    def is_open(self) -> bool:
        """Half open too."""
        return self._rests_until is not None

    @asynccontextmanager
    async def asked(self) -> AsyncIterator[None]:
        """What is done within asks. Raises Away, within `deadline_seconds` or at once."""
        tries = self._enter()
        try:
            async with asyncio.timeout(None) as deadline:
                self._count(deadline)
                try:
                    yield
                finally:
                    del self._asking[deadline]
        except self._faults as error:
            if tries or not self.is_open:
                self._open(error)
            raise Away from error
        except self._refusals as error:
            self._answered(tries=tries)
            raise Away from error
        else:
            self._answered(tries=tries)
        finally:
            self._is_tried = self._is_tried and not tries

    def _enter(self) -> bool:
        """Whether the caller is the one that tries whether it is back. Raises Away."""
        if self._rests_until is None:
            return False
        if self._is_tried or self._clock() < self._rests_until:
            raise Away
        self._is_tried = True
        return True

    def _count(self, deadline: asyncio.Timeout) -> None:
        self._asking[deadline] = self._ticks
        if not self._is_ticking:
            self._tick_later()

    def _tick_later(self) -> None:
        self._is_ticking = True
        asyncio.get_running_loop().call_later(self.deadline_seconds / TICKS, self._tick)

    def _tick(self) -> None:
        """The first who comes to his deadline sets those free who have begun since."""
        self._ticks += 1
        self._is_ticking = False
        if self._asking:
            if self._ticks - next(iter(self._asking.values())) >= TICKS:
                _expire(self._asking)
            self._tick_later()

    def _open(self, error: Exception) -> None:
        was_closed, self._rests_until = not self.is_open, self._clock() + self._rest_seconds
        if was_closed:
            log.warning(self._away, error=type(error).__name__)
            self._told(self)

    def _answered(self, *, tries: bool) -> None:
        """Of those who began before it opened, none can tell that it is back."""
        if tries:
            self._rests_until = None
            log.warning(self._back)
            self._told(self)


def redis_circuit(told: Told = lambda _: None) -> Circuit:
    """For all that a process asks Redis while somebody waits: one that is slow is away."""
    return Circuit(
        "redis",
        faults=(RedisConnectionError, RedisTimeoutError, OSError),
        refusals=(RedisError,),
        deadline_seconds=REDIS_SECONDS,
        told=told,
    )


def _expire(timeouts: Iterable[asyncio.Timeout]) -> None:
    now = asyncio.get_running_loop().time()
    for each in timeouts:
        if not each.expired():
            each.reschedule(now)
