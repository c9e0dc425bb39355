"""One product: from Redis where that is fresh enough, else from PostgreSQL."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver, statement
from queries.answer import Answer
from queries.cache import Cached, ProductCache

_FIND = statement(__package__, "sql/find_product.sql")
_FIND_BY_SKU = statement(__package__, "sql/find_product_by_sku.sql")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Document:
    """A product's read document, as the bytes that are sent."""

    version: int
    body: bytes
    parked: bool = False
    """Whether it stands still: the log has more of the product than could be applied."""


async def by_id(
    engine: AsyncEngine, cache: ProductCache, catalog: str, product: UUID, *, minimum: int
) -> Answer[Document | None]:
    """The product as of `minimum` or later where Redis can tell, else as PostgreSQL has it."""
    cached = await _cached(cache, catalog, product)
    if cached and cached.body is not None and cached.position >= minimum:
        return Answer(Document(cached.version, cached.body), cached.position)
    found = await _read(engine, _FIND, catalog, product)
    if cached and found.value is not None and not found.value.parked:
        await _keep(cache, catalog, product, cached.token, found.value, found.position)
    return found


async def by_sku(engine: AsyncEngine, catalog: str, sku: str) -> Answer[Document | None]:
    return await _read(engine, _FIND_BY_SKU, catalog, sku)


async def _read(
    engine: AsyncEngine, query: str, catalog: str, key: UUID | str
) -> Answer[Document | None]:
    async with driver(engine) as connection:
        row = await connection.fetchrow(query, catalog, key)
    if row is None:
        return Answer(None, 0)
    parked_before = row["parked_before"]
    parked = parked_before is not None
    position = parked_before - 1 if parked else row["position"]
    if row["document"] is None:
        return Answer(None, position, parked)
    return Answer(Document(row["version"], row["document"].encode(), parked), position, parked)


async def _cached(cache: ProductCache, catalog: str, product: UUID) -> Cached | None:
    try:
        return await cache.find(catalog, product)
    except (RedisError, OSError) as error:
        log.debug("cache_unavailable", error=repr(error))
        return None


async def _keep(
    cache: ProductCache,
    catalog: str,
    product: UUID,
    token: bytes,
    document: Document,
    position: int,
) -> None:
    try:
        await cache.keep(
            catalog,
            product,
            token=token,
            position=position,
            version=document.version,
            body=document.body,
        )
    except (RedisError, OSError) as error:
        log.debug("cache_unavailable", error=repr(error))
