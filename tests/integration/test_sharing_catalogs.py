"""Several workers share the catalogs: who has which, and who takes over."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver, pool
from events.nudge import connect
from events.product import ProductRenamed
from projections.sharing import worker_of
from tests.eventually import eventually
from tests.given import LAMP, checkpoint, opened, registered
from tests.projectors import caught_up, projecting
from workers import following
from workers import projecting as loop
from workers.projecting import Projecting

CATALOGS = [f"seller-{number}" for number in range(1, 13)]
HOLDERS = ("a", "b", "c")


@dataclass(frozen=True, slots=True)
class Worker:
    projecting: Projecting
    running: asyncio.Task[None]

    async def ends(self) -> None:
        """As it is told to: it finishes what it does, and lets go."""
        self.projecting.stop()
        await self.running

    async def dies(self) -> None:
        """In the middle of whatever it does."""
        self.running.cancel()
        await asyncio.wait({self.running})


@asynccontextmanager
async def started(
    database_url: str, redis: Redis, holder: str, lease_seconds: float, *, most: int = 50
) -> AsyncIterator[Worker]:
    async with pool(database_url, application="catalog-tests", pool_size=8) as engine:
        made = projecting(engine, redis, holder, lease_seconds=lease_seconds, most=most)
        worker = Worker(made, asyncio.create_task(made.run()))
        try:
            yield worker
        finally:
            await worker.dies()


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "ANNOUNCE_SECONDS", 0.2)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


@pytest.fixture
def lease_seconds() -> float:
    """Longer than a machine stands still."""
    return 300.0


@pytest.fixture
async def workers(
    engine: AsyncEngine, database_url: str, redis: Redis, lease_seconds: float
) -> AsyncIterator[Mapping[str, Worker]]:
    """Three that know of each other, before there is anything to do."""
    async with AsyncExitStack() as stack:
        made = {
            holder: await stack.enter_async_context(
                started(database_url, redis, holder, lease_seconds)
            )
            for holder in HOLDERS
        }
        await know_each_other(engine, HOLDERS)
        yield made


async def know_each_other(engine: AsyncEngine, holders: Collection[str]) -> None:
    """Each has spoken since all were there."""
    since = 0.0

    async def all_spoke() -> bool:
        nonlocal since
        async with driver(engine) as connection:
            found = await connection.fetch(
                "select holder, extract(epoch from seen_at)::float8 as seen_at"
                " from projections.workers"
            )
        if {row["holder"] for row in found} != {*holders}:
            return False
        since = since or max(row["seen_at"] for row in found)
        return all(row["seen_at"] > since for row in found)

    await eventually(all_spoke)


async def given_all(engine: AsyncEngine) -> Mapping[str, int]:
    """A product, or a change of it, in each catalog: their heads."""
    heads = {}
    for catalog in CATALOGS:
        log = await opened(engine, catalog)
        new = catalog not in await holding(engine)
        heads[catalog] = await log.given(LAMP, registered if new else ProductRenamed(name="Sun"))
    return heads


async def applied(engine: AsyncEngine, heads: Mapping[str, int]) -> None:
    for catalog, head in heads.items():
        await caught_up(engine, head, catalog)


async def holding(engine: AsyncEngine) -> Mapping[str, tuple[str, int]]:
    """Who applied each catalog last, and how many have taken it until then."""
    async with driver(engine) as connection:
        found = await connection.fetch(
            "select catalog_id, holder, epoch from projections.checkpoints"
            " where catalog_id = any ($1)",
            CATALOGS,
        )
    return {row["catalog_id"]: (row["holder"], row["epoch"]) for row in found}


def shares(holders: Collection[str]) -> Mapping[str, str]:
    return {catalog: worker_of(catalog, holders) for catalog in CATALOGS}


@pytest.mark.usefixtures("workers")
async def test_all_are_busy_and_none_is_applied_by_two(engine: AsyncEngine) -> None:
    assert set(shares(HOLDERS).values()) == {*HOLDERS}
    await applied(engine, await given_all(engine))
    await applied(engine, await given_all(engine))
    assert await holding(engine) == {
        catalog: (holder, 1) for catalog, holder in shares(HOLDERS).items()
    }


async def test_one_that_ends_hands_over_what_it_had_at_once(
    engine: AsyncEngine, workers: Mapping[str, Worker]
) -> None:
    await applied(engine, await given_all(engine))
    await workers["a"].ends()
    async with driver(engine) as connection:
        assert not await connection.fetch(
            "select from projections.checkpoints where holder = 'a' and held_until > now()"
        )
    await know_each_other(engine, "bc")
    await applied(engine, await given_all(engine))
    assert await holding(engine) == after(leaving="a")


@pytest.mark.parametrize("lease_seconds", [5.0])
async def test_one_that_dies_is_replaced_within_seconds(
    engine: AsyncEngine, workers: Mapping[str, Worker]
) -> None:
    await applied(engine, await given_all(engine))
    await workers["a"].dies()
    heads = await given_all(engine)
    async with asyncio.timeout(20):
        await applied(engine, heads)
    assert await holding(engine) == after(leaving="a")


def after(*, leaving: str) -> Mapping[str, tuple[str, int]]:
    """Its catalogs are another's, and no other has moved."""
    left = shares([holder for holder in HOLDERS if holder != leaving])
    return {
        catalog: (left[catalog], 2 if holder == leaving else 1)
        for catalog, holder in shares(HOLDERS).items()
    }


async def test_who_comes_gets_its_share_though_there_is_much_to_do(
    engine: AsyncEngine,
    database_url: str,
    redis: Redis,
    lease_seconds: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between two turns of whoever has it."""
    monkeypatch.setattr(following, "TURN_SECONDS", 0.05)
    catalog = next(each for each, holder in shares("ab").items() if holder == "b")
    log = await opened(engine, catalog)
    head = await log.given(LAMP, registered)
    for _ in range(30):
        head = await log.given(LAMP, *(ProductRenamed(name=str(name)) for name in range(200)))

    async with started(database_url, redis, "a", lease_seconds, most=1):
        await eventually(lambda: is_held(engine, catalog, "a"))
        async with started(database_url, redis, "b", lease_seconds, most=1):
            await eventually(lambda: is_held(engine, catalog, "b"))
    assert await checkpoint(engine, catalog) < head


async def is_held(engine: AsyncEngine, catalog: str, holder: str) -> bool:
    return (await holding(engine)).get(catalog, ("", 0))[0] == holder
