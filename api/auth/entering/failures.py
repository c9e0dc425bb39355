"""Failures of five minutes, counted in Redis; without it, what this process saw itself."""

from contextlib import suppress
from itertools import batched
from typing import Literal, NamedTuple

from redis.asyncio import Redis

from api.auth.memory import Memory
from events.circuit import Away, Circuit

WINDOW_SECONDS = 300
REMEMBERED = 10_000
"""Of each kind by itself: what costs nothing to fail at pushes out none that cost a bcrypt."""

type Grant = Literal["password", "client_credentials", "refresh_token"]
type Kind = Literal["account", "account_here", "address"]


class Counter(NamedTuple):
    grant: Grant
    kind: Kind
    of: str

    @property
    def key(self) -> str:
        return f"access:failures:{self.grant}:{self.kind}:{self.of}"


class Count(NamedTuple):
    failures: int
    remaining_seconds: int
    """Until they are forgotten."""


class Failures:
    def __init__(self, redis: Redis, circuit: Circuit) -> None:
        self._redis = redis
        self._circuit = circuit
        self._seen: dict[tuple[Grant, Kind], Memory[str, int]] = {}

    async def count(self, *counters: Counter) -> list[Count]:
        try:
            async with self._circuit.asked(), self._redis.pipeline() as pipe:
                for each in counters:
                    pipe.get(each.key)
                    pipe.ttl(each.key)
                found = await pipe.execute()
        except Away:
            return [Count(self._seen_of(each), WINDOW_SECONDS) for each in counters]
        return [Count(int(failures or 0), ttl) for failures, ttl in batched(found, 2)]

    async def add(self, *counters: Counter) -> None:
        try:
            async with self._circuit.asked(), self._redis.pipeline() as pipe:
                for each in counters:
                    pipe.set(each.key, 0, ex=WINDOW_SECONDS, nx=True)
                    pipe.incr(each.key)
                await pipe.execute()
        except Away:
            for each in counters:
                self._memory(each).put(each.of, self._seen_of(each) + 1, WINDOW_SECONDS)

    async def forget(self, counter: Counter) -> None:
        self._memory(counter).drop(counter.of)
        with suppress(Away):
            async with self._circuit.asked():
                await self._redis.delete(counter.key)

    def _seen_of(self, counter: Counter) -> int:
        return self._memory(counter).get(counter.of) or 0

    def _memory(self, counter: Counter) -> Memory[str, int]:
        return self._seen.setdefault((counter.grant, counter.kind), Memory(REMEMBERED))
