"""What the processes tell each other about sessions, through Redis.

There is one key for a session, so that nothing can be left of it that says it lives once a notice
of its end was there and is gone: an emptied Redis, or one that evicts, knows nothing of it at all.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import msgspec
import structlog
from redis.asyncio import Redis

from api.auth.roles import Principal
from events.circuit import Away, Circuit
from events.database import statement
from events.nudge import channel, listen

CHANNEL = "access:changed"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What Redis has of a session."""

    principal: Principal | None
    """None: the session has ended."""
    milliseconds: int
    """How long it is kept in all, counted from PostgreSQL's answer."""


@dataclass(frozen=True, slots=True)
class Notice:
    principal: Principal | None
    age_seconds: float
    """Since PostgreSQL said so, by the clock of Redis."""


class Notices:
    def __init__(
        self, redis: Redis, circuit: Circuit, *, living_seconds: float, ended_seconds: float
    ) -> None:
        """How long it is kept that a session lives, and that it ended: as its last tokens live."""
        self._redis = redis
        self._circuit = circuit
        self._channel = channel(redis, CHANNEL)
        self._living_milliseconds = int(living_seconds * 1000)
        self._ended = msgspec.json.encode(Kept(None, int(ended_seconds * 1000)))
        self._ended_seconds = int(ended_seconds)
        self._tell_living = redis.register_script(statement(__package__, "lua/tell_living.lua"))

    async def find(self, session_id: UUID) -> Notice | None:
        """None too where Redis is away."""
        try:
            async with self._circuit.asked(), self._redis.pipeline(transaction=False) as pipe:
                pipe.get(_key(session_id))
                pipe.pttl(_key(session_id))
                value, milliseconds = await pipe.execute()
            kept = msgspec.json.decode(value or b"", type=Kept)
        except (Away, msgspec.DecodeError):
            return None
        return Notice(kept.principal, (kept.milliseconds - milliseconds) / 1000)

    async def tell(self, principal: Principal, age_seconds: float = 0) -> None:
        """That the session lives, as PostgreSQL said `age_seconds` ago."""
        kept = msgspec.json.encode(Kept(principal, self._living_milliseconds))
        milliseconds = max(1, self._living_milliseconds - int(age_seconds * 1000))
        with suppress(Away):
            async with self._circuit.asked():
                await self._tell_living(
                    [_key(principal.session_id)], [self._ended, kept, milliseconds]
                )

    async def ended(self, *session_ids: UUID) -> None:
        """A Redis that is full takes no notice of it, and forgets that they lived."""
        try:
            async with self._circuit.asked(), self._redis.pipeline(transaction=False) as pipe:
                for session_id in session_ids:
                    pipe.delete(_key(session_id))
                    pipe.set(_key(session_id), self._ended, ex=self._ended_seconds)
                    pipe.publish(self._channel, str(session_id))
                await pipe.execute()
        except Away:
            log.warning("sessions_ended_unannounced", sessions=len(session_ids))

    async def changed(self, *session_ids: UUID) -> None:
        """That what is known of these sessions is out of date."""
        try:
            async with self._circuit.asked(), self._redis.pipeline(transaction=False) as pipe:
                for session_id in session_ids:
                    pipe.delete(_key(session_id))
                    pipe.publish(self._channel, str(session_id))
                await pipe.execute()
        except Away:
            log.warning("sessions_changed_unannounced", sessions=len(session_ids))

    async def listen(self, forget: Callable[[UUID], None]) -> None:
        """Until cancelled; while Redis is away, what is remembered grows old by itself."""

        def heard(message: str) -> None:
            with suppress(ValueError):
                forget(UUID(message))

        await listen(self._redis, CHANNEL, heard)


def _key(session_id: UUID) -> str:
    return f"access:session:{session_id}"
