"""What the processes tell each other about sessions, through Redis.

There is one key for a session, so that nothing can be left of it that says it lives once a notice
of its end was there and is gone: an emptied Redis, or one that evicts, knows nothing of it at all.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import batched
from uuid import UUID

import msgspec
import structlog
from redis.asyncio import Redis

from api.auth.roles import Principal
from events.circuit import Away, Circuit
from events.database import statement
from events.nudge import channel, listen

CHANNEL = "access:changed"
ENDED = b"ended"
AT_ONCE = 500
"""Sessions that are announced in one exchange with Redis."""
FRESH_SECONDS = 2.0
"""The oldest that an answer of PostgreSQL may be, counted from before it was asked."""

_MICROSECONDS = 1_000_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Living:
    """What Redis keeps of a session that lives."""

    principal: Principal
    asked_at: int
    """From before PostgreSQL was asked: microseconds of Redis's clock."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What Redis knows of a session."""

    found_at: int | None
    """Microseconds of its clock; None where it is away."""
    has_ended: bool = False
    principal: Principal | None = None
    """Whose session it is, as PostgreSQL said when it was asked `age_seconds` ago."""
    age_seconds: float = 0.0


class Notices:
    def __init__(
        self, redis: Redis, circuit: Circuit, *, living_seconds: float, ended_seconds: int
    ) -> None:
        """How long it is kept that a session lives, and that it ended: as its last tokens live."""
        self._redis = redis
        self._circuit = circuit
        self._channel = channel(redis, CHANNEL)
        self._living_milliseconds = int(living_seconds * 1000)
        self._ended_seconds = ended_seconds
        self._tell_living = redis.register_script(statement(__package__, "lua/tell_living.lua"))

    async def find(self, session_ids: Sequence[UUID]) -> Mapping[UUID, Notice]:
        try:
            async with self._circuit.asked(), self._redis.pipeline(transaction=False) as pipe:
                pipe.mget([_key(each) for each in session_ids])
                pipe.time()
                values, (seconds, microseconds) = await pipe.execute()
        except Away:
            return dict.fromkeys(session_ids, Notice(None))
        now = seconds * _MICROSECONDS + microseconds
        return {
            session_id: _notice(value, now)
            for session_id, value in zip(session_ids, values, strict=True)
        }

    async def tell(self, *living: Living) -> None:
        """That they live, where PostgreSQL was asked no longer than FRESH_SECONDS ago."""
        if not living:
            return
        said = [(each.asked_at, msgspec.json.encode(each)) for each in living]
        with suppress(Away):
            async with self._circuit.asked():
                await self._tell_living(
                    [_key(each.principal.session_id) for each in living],
                    [
                        ENDED,
                        int(FRESH_SECONDS * _MICROSECONDS),
                        self._living_milliseconds,
                        *(part for each in said for part in each),
                    ],
                )

    async def ended(self, *session_ids: UUID) -> None:
        """A Redis that is full takes no notice of it, and forgets that they lived."""
        await self._announce(session_ids, has_ended=True)

    async def changed(self, *session_ids: UUID) -> None:
        """That what is known of these sessions is out of date."""
        await self._announce(session_ids, has_ended=False)

    async def _announce(self, session_ids: Sequence[UUID], *, has_ended: bool) -> None:
        """Some at a time, so that others come in between: here and in Redis."""
        for some in batched(session_ids, AT_ONCE):
            try:
                async with self._circuit.asked(), self._redis.pipeline(transaction=False) as pipe:
                    for session_id in some:
                        pipe.delete(_key(session_id))
                        if has_ended:
                            pipe.set(_key(session_id), ENDED, ex=self._ended_seconds)
                        pipe.publish(self._channel, str(session_id))
                    await pipe.execute()
            except Away:
                log.warning("sessions_unannounced", sessions=len(some), has_ended=has_ended)

    async def listen(self, forget: Callable[[UUID], None]) -> None:
        """Until cancelled; while Redis is away, what is remembered grows old by itself."""

        def heard(message: str) -> None:
            with suppress(ValueError):
                forget(UUID(message))

        await listen(self._redis, CHANNEL, heard)


def _notice(value: bytes | None, now: int) -> Notice:
    """Nothing is known of a time to come: the clock was put back, so its age can't be told."""
    if value == ENDED:
        return Notice(now, has_ended=True)
    try:
        kept = msgspec.json.decode(value or b"", type=Living)
    except msgspec.DecodeError:
        return Notice(now)
    age = (now - kept.asked_at) / _MICROSECONDS
    return Notice(now, principal=kept.principal, age_seconds=age) if age >= 0 else Notice(now)


def _key(session_id: UUID) -> str:
    return f"access:session:{session_id}"
