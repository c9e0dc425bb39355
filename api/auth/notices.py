"""What the processes tell each other about sessions, through Redis."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import msgspec
import structlog
from redis.asyncio import Redis

from api.auth.roles import Principal
from api.auth.shared import Shared, SharedAway
from events.nudge import channel, listen

CHANNEL = "access:changed"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    principal: Principal | None
    """None: the session has ended."""


class Notices:
    def __init__(self, redis: Redis, shared: Shared, *, token_seconds: int) -> None:
        """An ended session is remembered for `token_seconds`, as long as its last tokens live."""
        self._redis = redis
        self._channel = channel(redis, CHANNEL)
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
                    pipe.publish(self._channel, str(session_id))
                await pipe.execute()
        except SharedAway:
            log.warning("sessions_ended_unannounced", sessions=len(session_ids))

    async def changed(self, *session_ids: UUID) -> None:
        """That what is known of these sessions is out of date."""
        try:
            async with self._shared.pipeline() as pipe:
                for session_id in session_ids:
                    pipe.delete(_key(session_id))
                    pipe.publish(self._channel, str(session_id))
                await pipe.execute()
        except SharedAway:
            log.warning("sessions_changed_unannounced", sessions=len(session_ids))

    async def listen(self, forget: Callable[[str], None]) -> None:
        """Until cancelled; while Redis is away, what is remembered grows old by itself."""
        await listen(self._redis, CHANNEL, forget)


def _key(session_id: UUID) -> str:
    return f"access:session:{session_id}"
