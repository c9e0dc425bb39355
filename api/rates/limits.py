"""Which rates a process limits, and how an answer tells what is left of them.

It names the policies that its request counted for (draft-ietf-httpapi-ratelimit-headers-11).
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from redis.asyncio import Redis
from starlette.types import Scope

from api.errors import TooManyRequests, WriteQuotaExceeded
from api.rates.limit import Limit
from api.refusals import header
from api.settings import Settings
from events.circuit import Away, Circuit
from events.errors import Refused

TELL_SECONDS = 1.0
"""Between two exchanges with the other processes."""
REQUESTS, WRITES = b"requests", b"writes"


def _listed(item: str) -> str:
    return f"^{item}(, {item})?$"


_POLICY = '"(requests|writes)"'
RATE_HEADERS = {
    "RateLimit-Policy": header(_listed(f"{_POLICY};q=[0-9]+;w=60"), required=False),
    "RateLimit": header(_listed(f"{_POLICY};r=[0-9]+;t=[0-9]+"), required=False),
}
"""Of an answer to somebody who is known, in OpenAPI."""

type Admit = Callable[[str], None]
"""Counts a request of that user or client. Raises TooManyRequests."""
type RawHeaders = tuple[tuple[bytes, bytes], tuple[bytes, bytes]] | tuple[()]


class Limits:
    """Requests of a user, who may be a machine and have many tokens, and writes to a catalog."""

    def __init__(self, settings: Settings, redis: Redis, circuit: Circuit) -> None:
        self.requests, self.writes = (
            Limit(policy, quota, redis, circuit, remembered=settings.remembered_sessions)
            for policy, quota in (
                (REQUESTS, settings.requests_per_minute),
                (WRITES, settings.writes_per_minute),
            )
        )

    def admit_request(self, scope: Scope, username: str) -> None:
        """Raises TooManyRequests."""
        _admit(self.requests, scope, username, TooManyRequests)

    def admit_write(self, scope: Scope, catalog: str) -> None:
        """Raises WriteQuotaExceeded."""
        _admit(self.writes, scope, catalog, WriteQuotaExceeded)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(TELL_SECONDS)
            await self.tell()

    async def tell(self) -> None:
        """The other processes, if Redis is there."""
        with suppress(Away):
            await self.requests.tell()
            await self.writes.tell()


def told(scope: Scope) -> RawHeaders:
    """The headers of the answer, as far as anything was counted."""
    headers: RawHeaders = scope["state"].get("rates", ())
    return headers


def _admit(limit: Limit, scope: Scope, key: str, refusal: type[Refused]) -> None:
    """A request counts once for a policy."""
    before = told(scope)
    if not limit.quota or (before and limit.named in before[0][1]):
        return
    is_granted, remaining, seconds = limit.take(key)
    policy = limit.described
    rate = b"%b;r=%d;t=%d" % (limit.named, remaining, seconds)
    if before:
        (_, policies), (_, rates) = before
        policy, rate = policies + b", " + policy, rates + b", " + rate
    scope["state"]["rates"] = ((b"ratelimit-policy", policy), (b"ratelimit", rate))
    if not is_granted:
        raise refusal(
            headers={"Retry-After": seconds}, **{"violated-policies": [limit.policy.decode()]}
        )
