"""Failed attempts to come in, bounded by account and by address (ADR 18).

Whoever has logged in from an address is counted there by himself: nobody shuts him out from
elsewhere. All other addresses share what failures an account allows. Secrets that nobody guesses,
those of machine clients and of refresh tokens, are bounded by address alone.
"""

import structlog

from api.auth.entering.attempts import Attempt, network_of
from api.auth.entering.failures import Counter, Failures, Grant
from api.errors import TooManyAttempts

log = structlog.get_logger(__name__)


class Throttle:
    """In each process as many more get through as may try at a time (`Turns`).

    They are checked before the failure of another is counted.
    """

    def __init__(self, failures: Failures, *, per_account: int, per_address: int) -> None:
        self._failures = failures
        self._per_account = per_account
        self._per_address = per_address

    async def check_address(self, grant: Grant, address: str, username: str | None = None) -> None:
        """Raises TooManyAttempts."""
        await self._check([_at(grant, address)], address, username)

    async def check(self, attempt: Attempt, *, is_known: bool) -> None:
        """Whether a password may be tried. Raises TooManyAttempts."""
        await self._check(_counters(attempt, is_known=is_known), attempt.address, attempt.username)

    async def failed_at(self, grant: Grant, address: str) -> None:
        await self._failures.add(_at(grant, address))

    async def failed(self, attempt: Attempt, *, is_known: bool) -> None:
        """At a password."""
        await self._failures.add(*_counters(attempt, is_known=is_known))

    async def succeeded(self, attempt: Attempt) -> None:
        """Forgives what failed at this address; what others do elsewhere counts on."""
        await self._failures.forget(_of_account(attempt, is_known=True))

    async def _check(self, counters: list[Counter], address: str, username: str | None) -> None:
        counted = zip(counters, await self._failures.count(*counters), strict=True)
        full = [(each, count) for each, count in counted if count.failures >= self._limit(each)]
        if full:
            kinds = [each.kind for each, _ in full]
            log.warning("token_throttled", username=username, address=address, full=kinds)
            waits = [count.remaining_seconds for _, count in full]
            raise TooManyAttempts(headers={"Retry-After": max(1, *waits)})

    def _limit(self, counter: Counter) -> int:
        return self._per_address if counter.kind == "address" else self._per_account


def _counters(attempt: Attempt, *, is_known: bool) -> list[Counter]:
    return [_of_account(attempt, is_known=is_known), _at("password", attempt.address)]


def _of_account(attempt: Attempt, *, is_known: bool) -> Counter:
    if is_known:
        return Counter("password", "account_here", f"{attempt.username}:{attempt.network}")
    return Counter("password", "account", attempt.username)


def _at(grant: Grant, address: str) -> Counter:
    return Counter(grant, "address", network_of(address))
