"""What follows a commit: the documents go to Redis, and everybody hears how far reads have come.

A catalog's state in Redis is a token and a position: the documents that carry the token are right
up to that position. Redis may be lost at any time; whenever a step was missed or another generation
is read, the token changes and the documents of the old one are forgotten. Nobody believes a state
that no worker repeats.
"""

import secrets
from itertools import batched
from uuid import UUID

from redis.asyncio import Redis

from events.database import statement
from events.nudge import channel
from projections.folding import Change
from projections.projector import Batch

PROJECTED = "catalog:projected"
CHUNK = 200
VOUCHED_MILLISECONDS = 3_000
"""How long the cache is believed after a worker last spoke of it."""


def state_key(catalog: str) -> str:
    return f"catalog:{{{catalog}}}:projected"


def vouched_key(catalog: str) -> str:
    return f"catalog:{{{catalog}}}:vouched"


def document_key(catalog: str, product: UUID) -> str:
    return f"catalog:{{{catalog}}}:product:{product}"


class Publisher:
    def __init__(self, redis: Redis, *, ttl_seconds: int) -> None:
        self._redis = redis
        self._ttl = ttl_seconds
        self._channel = channel(redis, PROJECTED)
        self._put = redis.register_script(statement(__package__, "lua/put_documents.lua"))
        self._announce = redis.register_script(statement(__package__, "lua/announce.lua"))

    async def publish(self, catalog: str, switched: int, batch: Batch) -> None:
        """Raises redis-py's errors; what was not published is made up for by the next step."""
        for changes in batched(batch.changes, CHUNK):
            keys = [document_key(catalog, change.stream_id) for change in changes]
            values = [value for change in changes for value in _cached(change)]
            where = [batch.before, switched, self._ttl]
            if not await self._put([state_key(catalog), *keys], [*where, *values]):
                break
        await self.announce(catalog, switched, batch.before, batch.after)

    async def announce(self, catalog: str, switched: int, before: int, after: int) -> None:
        """Say that reads have come from one position to another; equal ones only remind Redis."""
        token = f"{switched}.{secrets.token_hex(8)}"
        message = f"{catalog} {after}"
        await self._announce(
            [state_key(catalog), vouched_key(catalog)],
            [before, after, token, self._channel, message, VOUCHED_MILLISECONDS, switched],
        )


def _cached(change: Change) -> tuple[int, str]:
    """The version and the document; none of a product that stands still."""
    if change.after is None or change.fault:
        return 0, ""
    return change.after.document.version, change.after.body
