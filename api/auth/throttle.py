"""Failed logins, counted by account and by address (ADR 18).

Whoever has logged in from an address is counted there by himself: nobody shuts him out from
elsewhere. All other addresses share what failures an account allows.
"""

from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from itertools import batched
from typing import NamedTuple, Self

from fastapi import Request
from redis.asyncio import Redis

from api.auth.memory import Memory
from api.auth.tables import ADDRESS_LIMIT, USER_AGENT_LIMIT
from api.errors import TooManyAttempts
from events.circuit import Away, Circuit

WINDOW_SECONDS = 300
KNOWN_SECONDS = 30 * 86_400
"""How long an address is one that the user has logged in from."""
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who tries to come in, and from where."""

    username: str
    address: str
    user_agent: str | None = None

    @classmethod
    def of(cls, username: str, request: Request) -> Self:
        """Of the user agent what can be shown, and no more of it than is kept."""
        agent = request.headers.get("User-Agent")
        shown = agent and "".join(each if each.isprintable() else "?" for each in agent)
        address = request.client.host if request.client else ""
        return cls(username, address[:ADDRESS_LIMIT], shown and shown[:USER_AGENT_LIMIT])


class Keys(NamedTuple):
    """Of counters, and of whether the address is known for the account."""

    account: str
    account_here: str
    address: str
    known: str

    @classmethod
    def of(cls, attempt: Attempt) -> Self:
        network = network_of(attempt.address)
        here = f"{attempt.username}:{network}"
        failures = "access:failures"
        return cls(
            f"{failures}:account:{attempt.username}",
            f"{failures}:account:{here}",
            f"{failures}:address:{network}",
            f"access:known:{here}",
        )

    @property
    def counters(self) -> tuple[str, str, str]:
        return self.account, self.account_here, self.address


def network_of(address: str) -> str:
    """What one customer of a provider has: an address of IPv4, 2⁶⁴ of IPv6 (RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Address(parsed.packed[:8] + bytes(8)))


class Throttle:
    """Counts in Redis; without it, what this process saw itself.

    Who is checked before another's failure is counted may go on: as many as may try at a time
    (`Passwords.slot`), in each process.
    """

    def __init__(
        self, redis: Redis, circuit: Circuit, *, per_account: int, per_address: int
    ) -> None:
        self._redis = redis
        self._circuit = circuit
        self._limits = (per_account, per_address)
        self._seen: Memory[str, int] = Memory(REMEMBERED)
        self._known: Memory[str, bool] = Memory(REMEMBERED)

    async def check(self, attempt: Attempt) -> None:
        """Raises TooManyAttempts."""
        is_known, (account, account_here, address) = await self._counted(Keys.of(attempt))
        counted = (account_here if is_known else account, address)
        waits = [
            seconds
            for (failures, seconds), limit in zip(counted, self._limits, strict=True)
            if failures >= limit
        ]
        if waits:
            raise TooManyAttempts(headers={"Retry-After": max(1, *waits)})

    async def failed(self, attempt: Attempt) -> None:
        keys = Keys.of(attempt)
        try:
            async with self._circuit.asked(), self._redis.pipeline() as pipe:
                for key in keys.counters:
                    pipe.set(key, 0, ex=WINDOW_SECONDS, nx=True)
                    pipe.incr(key)
                await pipe.execute()
        except Away:
            for key in keys.counters:
                self._seen.put(key, (self._seen.get(key) or 0) + 1, WINDOW_SECONDS)

    async def succeeded(self, attempt: Attempt) -> None:
        """Forgives what failed at this address; what others do elsewhere counts on."""
        keys = Keys.of(attempt)
        self._seen.drop(keys.account_here)
        self._known.put(keys.known, True, KNOWN_SECONDS)  # noqa: FBT003 -- a value
        with suppress(Away):
            async with self._circuit.asked(), self._redis.pipeline() as pipe:
                pipe.delete(keys.account_here)
                pipe.set(keys.known, 1, ex=KNOWN_SECONDS)
                await pipe.execute()

    async def _counted(self, keys: Keys) -> tuple[bool, list[tuple[int, int]]]:
        """Whether the address is known; of each counter the failures, and seconds it is kept."""
        try:
            async with self._circuit.asked(), self._redis.pipeline() as pipe:
                pipe.exists(keys.known)
                for key in keys.counters:
                    pipe.get(key)
                    pipe.ttl(key)
                is_known, *found = await pipe.execute()
        except Away:
            counted = [(self._seen.get(key) or 0, WINDOW_SECONDS) for key in keys.counters]
            return self._known.get(keys.known) is not None, counted
        return bool(is_known), [(int(n or 0), ttl) for n, ttl in batched(found, 2)]
