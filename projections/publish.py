"""What follows a commit: the documents go to Redis, and everybody hears how far reads have come.

A catalog's state in Redis is a token and a position: the documents that carry the token are right
up to that position. Redis may be lost at any time; whenever a step was missed, the token changes
and the documents of the old one are forgotten. Nobody believes a state that no worker repeats.
"""

import secrets
from uuid import UUID

from redis.asyncio import Redis

from events.database import statement
from events.nudge import channel
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

    async def publish(self, catalog: str, batch: Batch) -> None:
        """Raises redis-py's errors; what was not published is made up for by the next step."""
        for start in range(0, len(batch.products), CHUNK):
            products = batch.products[start : start + CHUNK]
            keys = [document_key(catalog, product.document.id) for product in products]
            values = [
                value for product in products for value in (product.document.version, product.body)
            ]
            if not await self._put([state_key(catalog), *keys], [batch.before, self._ttl, *values]):
                break
        await self.announce(catalog, batch.before, batch.after)

    async def announce(self, catalog: str, before: int, after: int) -> None:
        """Say that reads have come from one position to another; equal ones only remind Redis."""
        token = secrets.token_hex(8)
        await self._announce(
            [state_key(catalog), vouched_key(catalog)],
            [before, after, token, self._channel, f"{catalog} {after}", VOUCHED_MILLISECONDS],
        )
