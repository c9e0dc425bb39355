"""Products as a process reads them that remembers nothing yet, and what Redis holds of them."""

from uuid import UUID

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine

from events.circuit import Circuit
from projections.cached import vouched_key
from queries import stored
from queries.cache import Cached, ProductCache, Read
from queries.database import ReadDatabase
from queries.document import Document
from queries.memory import Found
from queries.product import Documents
from tests.given import LAMP

PATIENT_SECONDS = 10.0
"""A slow machine is not taken for an outage."""


def product_cache(redis: Redis) -> ProductCache:
    circuit = Circuit(
        "redis", faults=(RedisError, OSError), deadline_seconds=PATIENT_SECONDS, rest_seconds=0
    )
    return ProductCache(redis, circuit, ttl_seconds=600)


def documents(engine: AsyncEngine, redis: Redis) -> Documents:
    return Documents(ReadDatabase(engine), product_cache(redis), memory_bytes=0, stale_seconds=0)


async def read(
    engine: AsyncEngine,
    redis: Redis,
    key: UUID | str = LAMP,
    catalog: str = "main",
    *,
    minimum: int = 0,
) -> Found:
    """From Redis or PostgreSQL."""
    return await documents(engine, redis).read(catalog, key, minimum=minimum)


async def read_stored(engine: AsyncEngine, sku: str = "LAMP-1", catalog: str = "main") -> Found:
    """From PostgreSQL."""
    (found,) = await stored.find_by_sku(engine, [(catalog, sku)])
    return found.answer


async def vouched(redis: Redis, product: UUID = LAMP, catalog: str = "main") -> Cached | None:
    """What the cache has of a product; None where no worker has vouched for the catalog lately.

    That is longer than the product goes by, for who has to look at it on a slow machine.
    """
    found = (await product_cache(redis).find([(catalog, product)]))[catalog, product]
    return found if found and found.unvouched_seconds <= PATIENT_SECONDS else None


async def vouched_before(redis: Redis, seconds: float) -> None:
    """As if no worker had spoken of the catalog since."""
    now, microseconds = await redis.time()
    await redis.set(vouched_key("main"), int((now - seconds) * 1_000_000) + microseconds)


async def cached(redis: Redis, product: UUID = LAMP, catalog: str = "main") -> Document | None:
    """The document that the cache has."""
    found = await vouched(redis, product, catalog)
    return found.answer.value if found and found.answer else None


async def put_back(redis: Redis, seen: Cached, position: int, document: Document) -> None:
    """What a reader does who has read this of the lamp, at that position, after what he saw."""
    await product_cache(redis).keep([Read("main", LAMP, seen.token, position, document)])
