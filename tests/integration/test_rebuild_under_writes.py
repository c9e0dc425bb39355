"""A rebuild while others write and read: nothing is missing, doubled or older than it says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection
from events.nudge import connect
from events.product import PriceSet, ProductRegistered, ProductRenamed
from projections import switching
from projections.generations import show
from queries.database import ReadDatabase
from queries.lists import products
from queries.lists.filters import Filters
from queries.lists.listing import Wanted
from queries.lists.totals import Totals
from tests.cursors import CURSORS
from tests.eventually import eventually
from tests.given import (
    LAMP,
    MAIN,
    Log,
    another_generation,
    checkpoint,
    opened,
    projected,
    registered,
    rows,
)
from tests.projectors import running
from tests.reading import read, read_stored
from tests.rebuilding import STEPS, before, live, own_pool, rebuilt, rolled_back
from tests.shelf import put, shelf

FRESH = 99
numbers = count(1)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


async def written(log: Log) -> int:
    """Some new products, and changes to all the others there are."""
    head = 0
    for _ in range(3):
        number = next(numbers)
        new = ProductRegistered(sku=f"P-{number}", name="P", attributes={})
        head = await log.given(UUID(int=number), new, PriceSet(currency="EUR", amount=number))
        changed = UUID(int=(number + 1) // 2)
        head = await log.given(changed, ProductRenamed(name=f"{number}"))
    return head


async def caught_up(engine: AsyncEngine, catalog: str, head: int) -> None:
    generation = await live(engine)

    async def is_there() -> bool:
        return await checkpoint(engine, catalog, generation) == head

    await eventually(is_there)


@pytest.mark.parametrize("step", STEPS)
async def test_what_is_written_at_any_step_is_there_once(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    logs = [Log(engine), await opened(engine, "outlet")]
    heads: dict[str, int] = {}

    async def all_written() -> None:
        heads.update({log.catalog: await written(log) for log in logs})

    before(monkeypatch, step, all_written)
    async with running(engine, redis, lease_seconds=5, most=50):
        await put(logs[0], shelf(100))
        await all_written()
        done = await rebuilt(engine, redis)
        assert done.differences == []
        await all_written()
        for catalog, head in heads.items():
            await caught_up(engine, catalog, head)

    await another_generation(engine, FRESH)
    for catalog in heads:
        await projected(engine, catalog, generation=FRESH)
        read = await rows(engine, catalog, done.generation)
        assert read["product_details"]
        assert read == await rows(engine, catalog, FRESH)


async def test_what_is_written_in_the_midst_of_the_switch_comes_after_it(
    engine: AsyncEngine, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(engine)

    async def shown(connection: Connection, generation: int) -> None:
        await show(connection, generation)
        await written(log)

    monkeypatch.setattr(switching, "show", shown)
    async with running(engine, redis, lease_seconds=5, most=50):
        await written(log)
        assert (await rebuilt(engine, redis)).generation == 2
        await caught_up(engine, "main", await written(log))
    await another_generation(engine, FRESH)
    await projected(engine, generation=FRESH)
    assert await rows(engine, generation=2) == await rows(engine, generation=FRESH)


@dataclass(slots=True)
class Lamp:
    """A product that changes all the time, and what its readers have seen of it."""

    engine: AsyncEngine
    redis: Redis
    positions: list[int] = field(default_factory=list)
    """By version, from the first on."""
    answers: int = 0

    async def written(self) -> None:
        log = Log(self.engine)
        self.positions.append(await log.given(LAMP, registered))
        for number in count():
            self.positions.append(await log.given(LAMP, ProductRenamed(name=f"Lamp {number}")))
            await asyncio.sleep(0.005)

    def has_seen(self, minimum: int, position: int, version: int) -> int:
        assert position >= minimum
        known = [at for at in self.positions if at <= position]
        assert version >= len(known)
        self.answers += 1
        return position

    async def read_by_id(self) -> None:
        """From Redis or PostgreSQL, whichever tells what was seen before."""
        seen = 0
        while True:
            found = await read(self.engine, self.redis, minimum=seen)
            version = found.value.version if found.value else 0
            seen = self.has_seen(seen, found.position, version)

    async def read_by_sku(self) -> None:
        seen = 0
        while True:
            found = await read_stored(self.engine, registered.sku)
            version = found.value.version if found.value else 0
            seen = self.has_seen(seen, found.position, version)

    async def read_list(self) -> None:
        seen, totals = 0, Totals()
        while True:
            filters = Filters(currency="EUR", status="any")
            wanted = Wanted(catalog=MAIN, filters=filters, sort="price", limit=5)
            found = await products.find(ReadDatabase(self.engine), CURSORS, totals, wanted)
            version = 0
            for item in found.value.items:
                version = msgspec.json.decode(item)["version"]
            assert found.value.total == len(found.value.items)
            seen = self.has_seen(seen, found.position, version)


@asynccontextmanager
async def going_on(*doings: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Whatever fails fails the test."""
    tasks = [asyncio.ensure_future(doing()) for doing in doings]
    try:
        yield
        assert not [task for task in tasks if task.done() and task.exception()]
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        failed = [each for each in ended if not isinstance(each, asyncio.CancelledError)]
    assert failed == []


async def test_no_reader_notices_the_switch(engine: AsyncEngine, redis: Redis) -> None:
    """Over several switches, there and back: no failure, no step back, nothing too old.

    asyncpg prepares each statement once a connection; that outlives the views that it names.
    """
    lamp = Lamp(engine, redis)
    async with own_pool(engine) as readers, running(engine, redis, lease_seconds=5, most=50):
        reading = Lamp(readers, redis, lamp.positions)
        doings = (lamp.written, reading.read_by_id, reading.read_by_sku, reading.read_list)
        async with going_on(*doings):
            for _ in range(2):
                assert (await rebuilt(engine, redis)).differences == []
                await rolled_back(engine, redis)
                await rolled_back(engine, redis)
                seen, switched = reading.answers, len(lamp.positions)

                async def goes_on(seen: int = seen, switched: int = switched) -> bool:
                    return reading.answers > seen + 20 and len(lamp.positions) > switched

                await eventually(goes_on)
    assert await live(engine) == 3
