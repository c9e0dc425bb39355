"""Passwords are tried a few at a time, and those who wait for their turn are few from anywhere."""

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import structlog
from anyio import CapacityLimiter, WouldBlock

from api.auth.entering.attempts import Attempt
from api.errors import TooManyAttempts

AT_ONCE = 2
WAITING_LIMIT = 64
RESERVED = 16
"""Of those who wait, for users at addresses that they have logged in from before."""
WAITING_OF_ONE = 4
"""Of a network; of a user at a network that is known."""

log = structlog.get_logger(__name__)


class Turns:
    def __init__(self) -> None:
        self._slots = CapacityLimiter(AT_ONCE)
        self._waiting: Counter[tuple[str, str | None]] = Counter()

    @asynccontextmanager
    async def taken(self, attempt: Attempt, *, is_known: bool) -> AsyncIterator[None]:
        """A turn to try a password; TooManyAttempts when too many wait for theirs."""
        try:
            self._slots.acquire_nowait()
        except WouldBlock:
            with self._place(attempt, is_known=is_known):
                await self._slots.acquire()
        try:
            yield
        finally:
            self._slots.release()

    @contextmanager
    def _place(self, attempt: Attempt, *, is_known: bool) -> Iterator[None]:
        who = attempt.network, attempt.username if is_known else None
        limit = WAITING_LIMIT if is_known else WAITING_LIMIT - RESERVED
        if self._waiting[who] >= WAITING_OF_ONE or self._waiting.total() >= limit:
            origin = {"username": attempt.username, "address": attempt.address}
            log.warning("token_throttled", **origin, full=["waiting"])
            raise TooManyAttempts(headers={"Retry-After": 1})
        self._waiting.update([who])
        try:
            yield
        finally:
            self._waiting -= Counter([who])  # drops who comes to nothing
