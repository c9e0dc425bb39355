"""A writer that goes on, whatever happens to those who apply and read what is written."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from uuid import UUID

from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.errors import DatabaseUnavailable
from events.nudge import connect, nudge
from events.product import PriceSet, ProductEvent, ProductRegistered, ProductRenamed
from tests.given import Log

PRODUCTS = 50
AT_ONCE = 8
PAUSE_SECONDS = 0.01
CURRENCIES = ("USD", "EUR", "JPY")


class Traffic:
    """New products until there are enough, names and prices by chance."""

    def __init__(self, engine: AsyncEngine, redis: Redis, seed: int) -> None:
        self._log = Log(engine)
        self._redis = redis
        self.chance = Random(f"{seed} traffic")
        self._products: list[UUID] = []
        self._nudging: asyncio.Task[None] | None = None

    async def write(self) -> int:
        """A few events, together: the last position. Raises `DatabaseUnavailable`."""
        changed = self.chance.sample(self._products, min(AT_ONCE, len(self._products)))
        new = [self._new()] if len(self._products) < PRODUCTS else []
        streams = [(product, self._changes()) for product in changed]
        head = await self._log.given_all([*streams, *new])
        self._products += [product for product, _ in new]
        if self._nudging is None or self._nudging.done():
            self._nudging = asyncio.create_task(nudge(self._redis, "main"))
        return head

    def _new(self) -> tuple[UUID, list[ProductEvent]]:
        product = UUID(int=self.chance.getrandbits(128))
        sku = f"SKU-{product.hex}"
        registered = ProductRegistered(sku=sku, name=sku, attributes={})
        return product, [registered, self._price()]

    def _changes(self) -> list[ProductEvent]:
        if self.chance.random() < 0.3:
            return [ProductRenamed(name=f"Name {self.chance.randrange(1_000)}")]
        return [self._price() for _ in range(self.chance.randint(1, 3))]

    def _price(self) -> PriceSet:
        currency = self.chance.choice(CURRENCIES)
        return PriceSet(currency=currency, amount=self.chance.randrange(1, 100_000))

    async def rest(self) -> None:
        if self._nudging:
            await self._nudging

    async def go_on(self) -> None:
        while True:
            try:
                await self.write()
            except DatabaseUnavailable:
                continue
            finally:
                await asyncio.sleep(PAUSE_SECONDS)


@asynccontextmanager
async def writer(engine: AsyncEngine, redis_url: str) -> AsyncIterator[Traffic]:
    """Who has written once, and waits to be told to. `CATALOG_FAULTS_SEED` repeats its chances."""
    seed = int(os.environ.get("CATALOG_FAULTS_SEED") or secrets.randbits(32))
    print(f"CATALOG_FAULTS_SEED={seed}")
    async with connect(redis_url) as redis:
        made = Traffic(engine, redis, seed)
        await made.write()
        yield made
        await made.rest()


@asynccontextmanager
async def traffic(engine: AsyncEngine, redis_url: str) -> AsyncIterator[Traffic]:
    """It flows while the block runs."""
    async with writer(engine, redis_url) as made:
        writing = asyncio.create_task(made.go_on())
        try:
            yield made
            assert not writing.done()
        finally:
            writing.cancel()
            await asyncio.wait({writing})
