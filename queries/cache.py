"""Documents in Redis, and when they may be believed. See `projections/publish.py`."""

from dataclasses import dataclass
from uuid import UUID

from redis.asyncio import Redis

from events.database import statement
from projections.publish import document_key, state_key, vouched_key


@dataclass(frozen=True, slots=True)
class Cached:
    """What Redis holds: right up to `position`; nothing of the product when `body` is None."""

    token: bytes
    """Of all that is believed at the moment."""
    position: int
    version: int = 0
    body: bytes | None = None


class ProductCache:
    def __init__(self, redis: Redis, *, ttl_seconds: int) -> None:
        self._redis = redis
        self._ttl = ttl_seconds
        self._fill = redis.register_script(statement(__package__, "lua/fill.lua"))

    async def find(self, catalog: str, product: UUID) -> Cached | None:
        """None when no worker vouches for what Redis has. Raises redis-py's errors."""
        keys = [state_key(catalog), vouched_key(catalog), document_key(catalog, product)]
        state, vouched, entry = await self._redis.mget(keys)
        if state is None or vouched is None:
            return None
        token, position = state.split()
        head, _, body = (entry or b"").partition(b"\n")
        if not head.startswith(token + b" "):
            return Cached(token, int(position))
        return Cached(token, int(position), int(head.split()[1]), body)

    async def keep(
        self,
        catalog: str,
        product: UUID,
        *,
        token: bytes,
        position: int,
        version: int,
        body: bytes,
    ) -> None:
        """Keep what was read at `position` after `token` was seen.

        Unless something newer was announced meanwhile, or another generation.
        """
        keys = [state_key(catalog), document_key(catalog, product)]
        await self._fill(keys, [position, version, body, self._ttl, token])
