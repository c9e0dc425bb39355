"""Products that change while two processes read them: no answer is older than it says.

What is promised (ADR 5, ADR 13), and held here whatever happens meanwhile:

- An answer that reflects a position shows its product at the version that it had there, or a later
  one, as the log has it at that version.
- Who asks for a position gets an answer that reflects it, or a later one.
- Who asks after the process heard that a product has changed gets the change, wherever he asks for
  it: but where the process reads a replica that lags, or has lost its subscription for a moment.
- Once writers rest, everybody reads the last version, without asking for a position.

Positions of two answers may be in either order: each is as far as the nearest source can vouch for.
"""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple
from uuid import UUID

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.reading.freshness import Freshness
from events.database import driver
from events.nudge import connect
from events.product import ProductRegistered, ProductRenamed
from projections.cached import Announcement
from projections.publish import Publisher
from queries import stored
from queries.database import ReadDatabase
from queries.memory import Found
from queries.product import Documents
from queries.stored import Stored
from tests.eventually import eventually
from tests.freshness import LONG
from tests.given import Log
from tests.interventions import requested
from tests.projectors import running
from tests.reading import product_cache
from tests.rebuilding import own_pool, rebuilt, rolled_back

PRODUCTS = [UUID(int=number) for number in range(1, 6)]
CHANGES = 300
ROOM = 64_000_000
SLOW_SECONDS = 0.02


def sku(product: UUID) -> str:
    return f"P-{product.int}"


class Told(NamedTuple):
    """An answer, and what the process had heard of when it was asked for."""

    product: UUID
    heard: int
    position: int
    version: int
    name: str | None


@dataclass(slots=True)
class Process:
    """As much of one as reads products."""

    engine: AsyncEngine
    documents: Documents
    heard: int = 0
    told: set[Told] = field(default_factory=set)
    freshness: Freshness = field(init=False)

    def announced(self, announced: Announcement) -> None:
        self.documents.announced(announced)
        self.heard = max(self.heard, announced.position)

    async def read(self, product: UUID, key: UUID | str, minimum: int) -> Told:
        heard, read = self.heard, self.documents.read
        found = self.documents.remembered("main", key, minimum)
        if found is None:
            found = await self.freshness.reflecting(
                "main", minimum, LONG, lambda: read("main", key, minimum=minimum)
            )
        assert found.position >= minimum
        assert found.stale_seconds is None
        told = Told(product, heard, found.position, *_shown(found))
        self.told.add(told)
        return told


def _shown(found: Found) -> tuple[int, str | None]:
    if found.value is None:
        return 0, None
    body = msgspec.json.decode(found.value.body)
    assert body["version"] == found.value.version
    return body["version"], body["name"]


@asynccontextmanager
async def process(engine: AsyncEngine, redis: Redis) -> AsyncIterator[Process]:
    made = Process(
        engine,
        Documents(ReadDatabase(engine), product_cache(redis), memory_bytes=ROOM, stale_seconds=0),
    )
    made.freshness = Freshness(
        engine, redis, made.announced, waiting_limit=10_000, reading_limit=20
    )
    task = asyncio.create_task(made.freshness.run())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.wait([task])


@dataclass(slots=True)
class Writer:
    """Changes the products in turns; nobody knows whose it is."""

    log: Log
    head: int = 0
    changes: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def begin(self) -> None:
        for product in PRODUCTS:
            new = ProductRegistered(sku=sku(product), name="new", attributes={})
            self.head = await self.log.given(product, new)

    async def go_on(self, disturbed: asyncio.Event) -> None:
        """As long as anything else happens."""
        chance = Random(1)
        while self.changes < CHANGES or not disturbed.is_set():
            self.changes += 1
            renamed = ProductRenamed(name=f"{self.changes}")
            self.head = await self.log.given(chance.choice(PRODUCTS), renamed)
        self.over.set()

    async def read(self, process: Process, product: UUID, key: UUID | str) -> None:
        """Whatever is there; and, now and then, what is written at the moment."""
        turn = 0
        while not self.over.is_set():
            turn += 1
            await process.read(product, key, self.head if turn % 20 == 0 else 0)
            await asyncio.sleep(0)

    async def read_on(self, process: Process, product: UUID, key: UUID | str) -> None:
        """Of no position before what was seen already."""
        seen = 0
        while not self.over.is_set():
            seen = (await process.read(product, key, seen)).position
            await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Truth:
    """By product, the positions and the names of its versions."""

    positions: Mapping[UUID, Sequence[int]]
    names: Mapping[UUID, Sequence[str]]

    def version_at(self, product: UUID, position: int) -> int:
        return bisect_right(self.positions[product], position)

    def holds(self, told: Told, *, at: int) -> bool:
        return told.version >= self.version_at(told.product, at)

    def is_of_the_log(self, told: Told) -> bool:
        return not told.version or told.name == self.names[told.product][told.version - 1]


async def truth(engine: AsyncEngine) -> Truth:
    positions: dict[UUID, list[int]] = {product: [] for product in PRODUCTS}
    names: dict[UUID, list[str]] = {product: [] for product in PRODUCTS}
    async with driver(engine) as connection:
        for row in await connection.fetch(
            "select stream_id, position, data::jsonb ->> 'name' as name"
            " from event_store.events where catalog_id = 'main' order by position"
        ):
            positions[row["stream_id"]].append(row["position"])
            names[row["stream_id"]].append(row["name"])
    return Truth(positions, names)


type Disturbance = Callable[[AsyncEngine, Redis], Awaitable[None]]


async def nothing(_engine: AsyncEngine, _redis: Redis) -> None:
    """Happens beside."""


async def switches(engine: AsyncEngine, redis: Redis) -> None:
    assert (await rebuilt(engine, redis)).differences == []
    await rolled_back(engine, redis)
    await rolled_back(engine, redis)


async def refolds(engine: AsyncEngine, redis: Redis) -> None:
    """Each product is made anew where it stands; then all are forgotten, again and again."""
    for product in PRODUCTS * 3:
        await requested(engine, product, "refold")
    publisher = Publisher(redis, ttl_seconds=60)
    for _ in range(20):
        async with driver(engine) as connection:
            known = await connection.fetchrow(_STANDING)
        assert known
        await publisher.forget_all("main", known["switched"], known["position"])
        await asyncio.sleep(0.02)


_STANDING = """
select g.switched, k.position from projections.generations g
join projections.checkpoints k using (generation)
where g.state = 'live' and k.catalog_id = 'main'
"""


async def flushes(_engine: AsyncEngine, redis: Redis) -> None:
    for _ in range(30):
        await redis.flushdb()
        await asyncio.sleep(0.03)


async def lost_subscriptions(_engine: AsyncEngine, redis: Redis) -> None:
    ours = redis.connection_pool.connection_kwargs["db"]
    ended = 0
    for _ in range(30):
        for client in await redis.client_list(_type="pubsub"):
            if int(client["db"]) == ours:
                ended += await redis.client_kill_filter(_id=client["id"])
        await asyncio.sleep(0.05)
    assert ended > 2


class Databases:
    """Answers come some time after they were true; where one lags, those of the look-up before."""

    def __init__(self) -> None:
        self.lagging: AsyncEngine | None = None
        self._before: dict[object, Stored] = {}
        self._chance = Random(2)

    async def find(self, engine: AsyncEngine, keys: Sequence[tuple[str, UUID]]) -> list[Stored]:
        return await self._late(engine, keys, await FIND(engine, keys))

    async def find_by_sku(
        self, engine: AsyncEngine, keys: Sequence[tuple[str, str]]
    ) -> list[Stored]:
        return await self._late(engine, keys, await FIND_BY_SKU(engine, keys))

    async def _late(
        self, engine: AsyncEngine, keys: Sequence[object], found: list[Stored]
    ) -> list[Stored]:
        await asyncio.sleep(self._chance.random() * SLOW_SECONDS)
        if engine is not self.lagging:
            return found
        late = [self._before.get(each, now) for each, now in zip(keys, found, strict=True)]
        self._before |= dict(zip(keys, found, strict=True))
        return late


FIND, FIND_BY_SKU = stored.find, stored.find_by_sku


@pytest.fixture(autouse=True)
def databases(monkeypatch: pytest.MonkeyPatch) -> Databases:
    made = Databases()
    monkeypatch.setattr(stored, "find", made.find)
    monkeypatch.setattr(stored, "find_by_sku", made.find_by_sku)
    return made


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


@pytest.fixture
async def others(engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """The pool of the second process."""
    async with own_pool(engine) as own:
        yield own


async def read_while_written(
    engine: AsyncEngine, others: AsyncEngine, redis: Redis, disturbance: Disturbance
) -> tuple[Sequence[Process], Truth]:
    """What the processes told, once they all show what was written last; and what was true."""
    writer, disturbed = Writer(Log(engine)), asyncio.Event()
    async with (
        running(engine, redis, lease_seconds=5, most=50),
        process(engine, redis) as one,
        process(others, redis) as two,
    ):
        await writer.begin()
        await one.read(PRODUCTS[0], PRODUCTS[0], writer.head)
        async with asyncio.TaskGroup() as group:
            group.create_task(writer.go_on(disturbed))
            for each in (one, two):
                for product in PRODUCTS:
                    group.create_task(writer.read(each, product, product))
                    group.create_task(writer.read(each, product, sku(product)))
                group.create_task(writer.read_on(each, PRODUCTS[0], PRODUCTS[0]))
                group.create_task(writer.read_on(each, PRODUCTS[1], sku(PRODUCTS[1])))
            await disturbance(engine, redis)
            disturbed.set()
        was = await truth(engine)
        for each in (one, two):
            for product in PRODUCTS:
                await shows(each, product, len(was.positions[product]))
    return (one, two), was


async def shows(process: Process, product: UUID, version: int) -> None:
    async def is_read() -> bool:
        return {
            (await process.read(product, key, 0)).version for key in (product, sku(product))
        } == {version}

    await eventually(is_read)


def hold(processes: Sequence[Process], was: Truth) -> None:
    for each in processes:
        assert len(each.told) > CHANGES / 10
        assert [told for told in each.told if not was.holds(told, at=told.position)] == []
        assert [told for told in each.told if not was.is_of_the_log(told)] == []


def hear(processes: Sequence[Process], was: Truth) -> None:
    for each in processes:
        assert [told for told in each.told if not was.holds(told, at=told.heard)] == []


@pytest.mark.parametrize("disturbance", [nothing, switches, refolds, flushes])
async def test_no_answer_is_older_than_it_says_or_than_what_was_heard(
    engine: AsyncEngine, others: AsyncEngine, redis: Redis, disturbance: Disturbance
) -> None:
    processes, was = await read_while_written(engine, others, redis, disturbance)
    hold(processes, was)
    hear(processes, was)


async def test_without_a_subscription_no_answer_is_older_than_it_says(
    engine: AsyncEngine, others: AsyncEngine, redis: Redis
) -> None:
    hold(*await read_while_written(engine, others, redis, lost_subscriptions))


async def test_from_a_replica_that_lags_no_answer_is_older_than_it_says(
    engine: AsyncEngine, others: AsyncEngine, redis: Redis, databases: Databases
) -> None:
    databases.lagging = others
    processes, was = await read_while_written(engine, others, redis, flushes)
    hold(processes, was)
    hear(processes[:1], was)
