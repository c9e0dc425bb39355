"""One product: from the process, from Redis or from PostgreSQL, whichever is right and nearest."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from dataclasses import replace
from time import monotonic
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from events.errors import DatabaseUnavailable
from events.tracing import tracing
from projections.cached import LARGEST, Announcement
from queries import stored
from queries.cache import Cached, ProductCache, ProductKey, Read, SkuKey
from queries.database import LOOK_UPS, ReadDatabase
from queries.gathering import Gathering
from queries.memory import Found, ProductMemory
from queries.metrics import DATABASE_FAILURES, READS
from queries.skus import KnownSkus
from queries.stored import Stored

AT_ONCE = 100
"""Products of one look-up: documents may be large."""
ANSWER_SECONDS = 10.0
"""For a look-up in PostgreSQL and all those before it."""
IMPATIENT_SECONDS = 0.25
"""The same where there is a stale answer: a PostgreSQL that hangs holds up nobody who has one."""

_FROM_PROCESS, _FROM_REDIS, _FROM_DATABASE, _STALE = (
    READS.labels(source) for source in ("process", "redis", "database", "stale")
)

type WantedKey = tuple[str, UUID, bytes | None]
"""A product of a catalog, and the cache's token that was seen before."""


class Documents:
    def __init__(
        self,
        database: ReadDatabase,
        cache: ProductCache,
        *,
        memory_bytes: int,
        stale_seconds: float,
    ) -> None:
        """Where PostgreSQL is away, Redis is believed for `stale_seconds` that nobody vouches."""
        self._database = database
        self._cache = cache
        self._stale_seconds = stale_seconds
        self._trial: asyncio.Task[None] | None = None
        self._memory = ProductMemory(memory_bytes)
        self._skus = KnownSkus()
        self._cached = Gathering(self._find_cached, limit=AT_ONCE)
        self._owners = Gathering(self._find_owners, limit=AT_ONCE)
        self._stored = Gathering(self._find_stored, limit=AT_ONCE, parallel=LOOK_UPS)
        self._stored_by_sku = Gathering(self._find_by_sku, limit=AT_ONCE, parallel=LOOK_UPS)

    def announced(self, announced: Announcement) -> None:
        """Forget what is not read any more."""
        self._memory.forget(announced)
        self._skus.forget(announced)

    def remembered(self, catalog: str, key: UUID | str, minimum: int) -> Found | None:
        """What the process knows of the product with an id or a SKU, as of `minimum` or later."""
        product = self._skus.owner(catalog, key) if isinstance(key, str) else key
        if product is not None:
            found = self._memory.find(catalog, product, minimum)
        else:
            found = self._skus.nobodys(catalog, str(key), minimum)
        if found:
            _FROM_PROCESS.inc()
        return found

    async def read(self, catalog: str, key: UUID | str, *, minimum: int) -> Found:
        """The product as of `minimum` or later where a cache can tell, else as it is stored.

        Raises `DatabaseUnavailable`.
        """
        if found := self.remembered(catalog, key, minimum):
            return found
        if isinstance(key, UUID):
            return await self._by_id(catalog, key, minimum)
        product = self._skus.owner(catalog, key) or await self._owner(catalog, key)
        if product is not None:
            return await self._by_id(catalog, product, minimum)
        async with _answered_within(ANSWER_SECONDS):
            by_sku = await self._stored_by_sku.get((catalog, key))
        _FROM_DATABASE.inc()
        return by_sku.answer

    async def _owner(self, catalog: str, sku: str) -> UUID | None:
        with tracing.asking("find owner", "redis"):
            return await self._owners.get((catalog, sku))

    async def _by_id(self, catalog: str, product: UUID, minimum: int) -> Found:
        with tracing.asking("find product", "redis"):
            cached = await self._cached.get((catalog, product))
        if cached and (believed := cached.believed(minimum)):
            _FROM_REDIS.inc()
            return believed
        wanted = (catalog, product, cached.token if cached else None)
        stale = cached and cached.believed(minimum, unvouched_seconds=self._stale_seconds)
        if not cached or not stale:
            async with _answered_within(ANSWER_SECONDS):
                found = await self._stored.get(wanted)
        elif (current := await self._unless_away(wanted)) is not None:
            found = current
        else:
            _STALE.inc()
            return replace(stale, stale_seconds=int(cached.unvouched_seconds))
        _FROM_DATABASE.inc()
        return found.answer

    async def _unless_away(self, wanted: WantedKey) -> Stored | None:
        """What PostgreSQL has, where it is not known to be away and answers soon."""
        if self._database.is_away:
            self._try_later(wanted)
            return None
        try:
            async with _answered_within(IMPATIENT_SECONDS):
                return await self._stored.get(wanted)
        except DatabaseUnavailable:
            return None

    def _try_later(self, wanted: WantedKey) -> None:
        """Nobody waits to find out whether PostgreSQL is back, and one look-up is enough."""
        if self._trial is None or self._trial.done():
            self._trial = asyncio.create_task(self._try(wanted), context=Context())

    async def _try(self, wanted: WantedKey) -> None:
        with suppress(DatabaseUnavailable):
            await self._stored.get(wanted)

    async def _find_cached(self, keys: Sequence[ProductKey]) -> Mapping[ProductKey, Cached | None]:
        asked_at = monotonic()
        found = await self._cache.find(keys)
        for (catalog, product), cached in found.items():
            if cached and (believed := cached.believed(0)):
                self._memory.keep(catalog, product, believed, asked_at)
        return found

    async def _find_stored(self, keys: Sequence[WantedKey]) -> Mapping[WantedKey, Stored]:
        asked_at = monotonic()
        async with self._look_up() as engine:
            products = [(catalog, product) for catalog, product, _ in keys]
            found = dict(zip(keys, await stored.find(engine, products), strict=True))
        for (catalog, product, _), each in found.items():
            self._memory.keep(catalog, product, each.answer, asked_at)
        await self._cache.keep(
            [
                Read(catalog, product, token, each.answer.position, each.answer.value)
                for (catalog, product, token), each in found.items()
                if each.answer.value and not each.answer.value.parked
                if len(each.answer.value.body) <= LARGEST
                if token and token.startswith(b"%d." % each.switched)
            ]
        )
        return found

    async def _find_owners(self, keys: Sequence[SkuKey]) -> Mapping[SkuKey, UUID | None]:
        found = await self._cache.find_owners(keys)
        for (catalog, sku), product in found.items():
            if product:
                self._skus.keep_owner(catalog, sku, product)
        return found

    async def _find_by_sku(self, keys: Sequence[SkuKey]) -> Mapping[SkuKey, Stored]:
        asked_at = monotonic()
        async with self._look_up() as engine:
            found = dict(zip(keys, await stored.find_by_sku(engine, keys), strict=True))
        for (catalog, sku), each in found.items():
            if each.product is None:
                self._skus.keep_nobodys(catalog, sku, each.answer, asked_at)
            else:
                self._skus.keep_owner(catalog, sku, each.product)
                self._memory.keep(catalog, each.product, each.answer, asked_at)
        await self._cache.keep_owners(
            {key: each.product for key, each in found.items() if each.product}
        )
        return found

    @asynccontextmanager
    async def _look_up(self) -> AsyncIterator[AsyncEngine]:
        try:
            async with self._database.look_up() as engine:
                yield engine
        except DatabaseUnavailable:
            DATABASE_FAILURES.inc()
            raise


@asynccontextmanager
async def _answered_within(seconds: float) -> AsyncIterator[None]:
    """Raises `DatabaseUnavailable`; what was asked for goes on, for whoever asks next."""
    try:
        with tracing.asking("find product", "postgresql"):
            async with asyncio.timeout(seconds):
                yield
    except TimeoutError as error:
        raise DatabaseUnavailable from error
