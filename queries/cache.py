"""Products in Redis: many looked up at once, and when they may be believed.

See `projections/cached.py` and `projections/publish.py`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import structlog
from redis.asyncio import Redis

from events.circuit import Away, Circuit
from events.database import statement
from projections.cached import (
    VOUCHED_SECONDS,
    State,
    document_key,
    sku_key,
    state_key,
    vouched_key,
)
from queries.answer import Answer
from queries.document import Document
from queries.memory import Found
from queries.metrics import CACHE_FAILURES

type ProductKey = tuple[str, UUID]
"""Of a catalog."""
type SkuKey = tuple[str, str]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Cached:
    """What Redis holds of a product."""

    token: bytes
    """Of all that is believed at the moment."""
    position: int
    """Of the catalog."""
    unvouched_seconds: float
    """How long ago a worker last vouched for it."""
    answer: Found | None = None
    """None where there is no document that carries the token."""

    def believed(self, minimum: int, *, unvouched_seconds: float = VOUCHED_SECONDS) -> Found | None:
        """The answer where it reflects `minimum`, and was vouched for so long ago at most."""
        if self.answer is None or self.unvouched_seconds > unvouched_seconds:
            return None
        return self.answer if self.answer.position >= minimum else None


@dataclass(frozen=True, slots=True)
class Read:
    """What was read at `position` after `token` was seen."""

    catalog: str
    product: UUID
    token: bytes
    position: int
    document: Document


class ProductCache:
    """While Redis is away it has nothing and keeps nothing; when it is full it keeps nothing."""

    def __init__(self, redis: Redis, circuit: Circuit, *, ttl_seconds: int) -> None:
        self._redis = redis
        self._circuit = circuit
        self._ttl = ttl_seconds
        self._fill = redis.register_script(statement(__package__, "lua/fill.lua"))

    async def find(self, keys: Collection[ProductKey]) -> Mapping[ProductKey, Cached | None]:
        """By key what Redis holds; None where no worker ever spoke of the catalog."""
        found: dict[ProductKey, Cached | None] = dict.fromkeys(keys)
        by_catalog: dict[str, list[UUID]] = defaultdict(list)
        for catalog, product in keys:
            by_catalog[catalog].append(product)
        with _tolerated("find"):
            held, now = await self._held(by_catalog)
            for (catalog, products), values in zip(by_catalog.items(), held, strict=True):
                for product, cached in zip(products, _cached(values, now), strict=False):
                    found[catalog, product] = cached
        return found

    async def _held(
        self, by_catalog: Mapping[str, Sequence[UUID]]
    ) -> tuple[list[list[bytes | None]], float]:
        """Of each catalog its state, when it was vouched for, and documents; and the time."""
        async with self._circuit.asked(), self._redis.pipeline(transaction=False) as pipe:
            for catalog, products in by_catalog.items():
                documents = (document_key(catalog, product) for product in products)
                pipe.mget([state_key(catalog), vouched_key(catalog), *documents])
            pipe.time()
            *held, (seconds, microseconds) = await pipe.execute()
        return held, seconds + microseconds / 1_000_000

    async def keep(self, read: Collection[Read]) -> None:
        """Unless something newer was announced meanwhile, or another generation."""
        together: dict[tuple[str, bytes], list[Read]] = defaultdict(list)
        for each in read:
            together[each.catalog, each.token].append(each)
        with _tolerated("keep"):
            for (catalog, token), documents in together.items():
                keys = [document_key(catalog, each.product) for each in documents]
                values = [
                    value
                    for each in documents
                    for value in (each.position, each.document.version, each.document.body)
                ]
                async with self._circuit.asked():
                    await self._fill([state_key(catalog), *keys], [token, self._ttl, *values])

    async def find_owners(self, keys: Sequence[SkuKey]) -> Mapping[SkuKey, UUID | None]:
        """By catalog and SKU the product that has it, as far as Redis knows."""
        found: dict[SkuKey, UUID | None] = dict.fromkeys(keys)
        with _tolerated("find"):
            async with self._circuit.asked():
                owners = await self._redis.mget([sku_key(*key) for key in keys])
            for key, owner in zip(keys, owners, strict=True):
                found[key] = UUID(bytes=owner) if owner else None
        return found

    async def keep_owners(self, owners: Mapping[SkuKey, UUID]) -> None:
        """A SKU never changes hands."""
        with _tolerated("keep"):
            async with self._circuit.asked(), self._redis.pipeline(transaction=False) as pipe:
                for key, product in owners.items():
                    pipe.set(sku_key(*key), product.bytes, ex=self._ttl)
                await pipe.execute()


@contextmanager
def _tolerated(operation: str) -> Iterator[None]:
    try:
        yield
    except Away as error:
        CACHE_FAILURES.labels(operation).inc()
        log.debug("cache_unavailable", operation=operation, error=repr(error.__cause__))


def _cached(values: Sequence[bytes | None], now: float) -> Iterator[Cached]:
    """For each entry behind the catalog's state and when it was vouched for; none without."""
    state, vouched, *entries = values
    if state is None or vouched is None:
        return
    known = State.parse(state)
    unvouched_seconds = max(0.0, now - int(vouched) / 1_000_000)
    for entry in entries:
        held = known.document(entry)
        answer = Answer(Document(*held), known.position) if held else None
        yield Cached(known.token, known.position, unvouched_seconds, answer)
