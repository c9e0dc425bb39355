"""What the processes tell each other about sessions, through Redis."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.auth.roles import Principal
from api.auth.shared import Shared, SharedAway

CHANNEL = "access:changed"
RECONNECT_SECONDS = 1.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    principal: Principal | None
    """None: the session has ended."""


class Notices:
    def __init__(self, redis: Redis, shared: Shared, *, token_seconds: int) -> None:
        """An ended session is remembered for `token_seconds`, as long as its last tokens live."""
        self._redis = redis
        self._shared = shared
        self._token_seconds = token_seconds

    async def find(self, session_id: UUID) -> tuple[Notice, float] | None:
        """The notice and the seconds that it still holds."""
        try:
            async with self._shared.pipeline() as pipe:
                pipe.get(_key(session_id))
                pipe.pttl(_key(session_id))
                value, milliseconds = await pipe.execute()
            return msgspec.json.decode(value or b"", type=Notice), milliseconds / 1000
        except (SharedAway, msgspec.DecodeError):
            return None

    async def tell(self, principal: Principal, seconds: float) -> None:
        """That the session lives; never against a notice that it has ended."""
        key, value = _key(principal.session_id), msgspec.json.encode(Notice(principal))
        try:
            async with self._shared.pipeline() as pipe:
                pipe.set(key, value, px=max(1, int(seconds * 1000)), nx=True)
                await pipe.execute()
        except SharedAway:
            return

    async def ended(self, *session_ids: UUID) -> None:
        try:
            async with self._shared.pipeline() as pipe:
                for session_id in session_ids:
                    value = msgspec.json.encode(Notice(None))
                    pipe.set(_key(session_id), value, ex=self._token_seconds)
                    pipe.publish(CHANNEL, str(session_id))
                await pipe.execute()
        except SharedAway:
            log.warning("sessions_ended_unannounced", sessions=len(session_ids))

    async def changed(self, *session_ids: UUID) -> None:
        """That what is known of these sessions is out of date."""
        try:
            async with self._shared.pipeline() as pipe:
                for session_id in session_ids:
                    pipe.delete(_key(session_id))
                    pipe.publish(CHANNEL, str(session_id))
                await pipe.execute()
        except SharedAway:
            log.warning("sessions_changed_unannounced", sessions=len(session_ids))

    async def listen(self, forget: Callable[[str], None]) -> None:
        """Until cancelled; while Redis is away, what is remembered grows old by itself."""
        while True:
            try:
                await self._hear(forget)
            except (RedisError, OSError, TimeoutError):
                await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self, forget: Callable[[str], None]) -> None:
        async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
            await channel.subscribe(CHANNEL)
            while True:
                message = await channel.get_message(timeout=RECONNECT_SECONDS)
                if message is not None:
                    forget(str(message["data"], "ascii", "replace"))


def _key(session_id: UUID) -> str:
    return f"access:session:{session_id}"
