"""What follows a commit: the documents go to Redis, and everybody hears how far reads have come.

Redis may be lost at any time; whenever a step was missed or another generation is read, the token
changes and the documents of the old one are forgotten (see `projections/cached.py`).
"""

import secrets
from collections.abc import Collection, Sequence
from uuid import UUID

from redis.asyncio import Redis

from events.database import statement
from events.nudge import channel
from projections.cached import EVERYTHING, LARGEST, PROJECTED, document_key, state_key, vouched_key
from projections.projection import Product
from projections.projector import Batch

PUT_AT_MOST = 200
"""Products of a batch whose documents are put into the cache, or named as changed."""
NOWHERE = -1
"""No position: a step from there has missed all that is known."""


class Publisher:
    def __init__(self, redis: Redis, *, ttl_seconds: int) -> None:
        self._redis = redis
        self._ttl = ttl_seconds
        self._channel = channel(redis, PROJECTED)
        self._put = redis.register_script(statement(__package__, "lua/put_documents.lua"))
        self._announce = redis.register_script(statement(__package__, "lua/announce.lua"))

    async def publish(self, catalog: str, switched: int, batch: Batch) -> None:
        """Raises redis-py's errors; what was not published is made up for by the next step.

        Documents of a large batch are only forgotten: few of them are asked for next, and whoever
        asks puts his back.
        """
        if batch.before == batch.after and batch.changes:
            await self.forget_all(catalog, switched, batch.after)
            return
        few = len(batch.changes) <= PUT_AT_MOST
        put = [each.after for each in batch.changes if few and each.after and not each.fault]
        put = [product for product in put if len(product.body) <= LARGEST]
        if put:
            await self._put_documents(catalog, switched, batch.before, put)
        changed = [each.stream_id for each in batch.changes]
        kept = {product.document.id for product in put}
        await self.announce(catalog, switched, batch.before, batch.after, changed, kept)

    async def forget_all(self, catalog: str, switched: int, position: int) -> None:
        """After a change of what was read at this position already: a slow reader may have it."""
        await self.announce(catalog, switched, NOWHERE, position)

    async def _put_documents(
        self, catalog: str, switched: int, before: int, products: Sequence[Product]
    ) -> None:
        keys = [document_key(catalog, product.document.id) for product in products]
        values = [
            value for product in products for value in (product.document.version, product.body)
        ]
        await self._put([state_key(catalog), *keys], [before, switched, self._ttl, *values])

    async def announce(
        self,
        catalog: str,
        switched: int,
        before: int,
        after: int,
        changed: Sequence[UUID] = (),
        kept: Collection[UUID] = (),
    ) -> None:
        """Say that reads have come from one position to another; equal ones only remind Redis.

        The documents of those that changed go with it, but those `kept`.
        """
        token = f"{switched}.{secrets.token_hex(8)}"
        gone = [document_key(catalog, product) for product in changed if product not in kept]
        await self._announce(
            [state_key(catalog), vouched_key(catalog), *gone],
            [before, after, token, self._channel, f"{catalog} {after}", _named(changed), switched],
        )


def _named(changed: Sequence[UUID]) -> str:
    return ",".join(each.hex for each in changed) if len(changed) <= PUT_AT_MOST else EVERYTHING
