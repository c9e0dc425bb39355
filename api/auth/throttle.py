"""Failed logins, counted by account and by client address."""

from dataclasses import dataclass

from redis.asyncio import Redis

from api.auth.memory import Memory
from api.errors import TooManyAttempts
from events.circuit import Away, Circuit

WINDOW_SECONDS = 300
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Attempt:
    username: str
    address: str


class Throttle:
    """Counts in Redis; without it, what this process saw itself."""

    def __init__(
        self, redis: Redis, circuit: Circuit, *, per_account: int, per_address: int
    ) -> None:
        self._redis = redis
        self._circuit = circuit
        self._limits = (per_account, per_address)
        self._seen: Memory[str, int] = Memory(REMEMBERED)

    async def check(self, attempt: Attempt) -> None:
        """Raises TooManyAttempts."""
        counted = await self._counted(_keys(attempt))
        waits = [
            seconds
            for (failures, seconds), limit in zip(counted, self._limits, strict=True)
            if failures >= limit
        ]
        if waits:
            raise TooManyAttempts(headers={"Retry-After": max(1, *waits)})

    async def failed(self, attempt: Attempt) -> None:
        try:
            async with self._circuit.asked(), self._redis.pipeline() as pipe:
                for key in _keys(attempt):
                    pipe.set(key, 0, ex=WINDOW_SECONDS, nx=True)
                    pipe.incr(key)
                await pipe.execute()
        except Away:
            for key in _keys(attempt):
                self._seen.put(key, (self._seen.get(key) or 0) + 1, WINDOW_SECONDS)

    async def succeeded(self, attempt: Attempt) -> None:
        account, _ = _keys(attempt)
        self._seen.drop(account)
        try:
            async with self._circuit.asked(), self._redis.pipeline() as pipe:
                pipe.delete(account)
                await pipe.execute()
        except Away:
            return

    async def _counted(self, keys: tuple[str, str]) -> list[tuple[int, int]]:
        """Failures and the seconds until they are forgotten, of each key."""
        try:
            async with self._circuit.asked(), self._redis.pipeline() as pipe:
                for key in keys:
                    pipe.get(key)
                    pipe.ttl(key)
                found = await pipe.execute()
            return [(int(found[0] or 0), found[1]), (int(found[2] or 0), found[3])]
        except Away:
            return [(self._seen.get(key) or 0, WINDOW_SECONDS) for key in keys]


def _keys(attempt: Attempt) -> tuple[str, str]:
    return (
        f"access:failures:account:{attempt.username}",
        f"access:failures:address:{attempt.address}",
    )
