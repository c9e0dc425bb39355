"""Redis hangs, is away, emptied, full, or carries no hints, while writes and reads go on."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import monotonic

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError, OutOfMemoryError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from events.circuit import REDIS_SECONDS
from events.nudge import ANSWER_SECONDS, APPENDED, channel, connect
from projections.cached import PROJECTED, VOUCHED_SECONDS
from tests.conversation import PRODUCTS, Caller
from tests.e2e.test_killed_worker import head_of
from tests.e2e.test_projection_kills import moves
from tests.eventually import eventually
from tests.exactness import assert_exact
from tests.given import LAMP
from tests.reading import product_cache, vouched
from tests.redis_process import RedisProcess, redis_process
from tests.traffic import Traffic, traffic, writer
from tests.worker_process import worker

pytest_plugins = ("tests.conversation_fixtures",)

HANGING_SECONDS = 30.0
HELD_UP_SECONDS = 2 * ANSWER_SECONDS + 3.0
"""As long as one command of Redis may take to fail, and what a slow machine needs."""
BY_POLLING_SECONDS = 1.0
WRITES, FLUSHES = 20, 10


@pytest.fixture
def redis_seconds() -> float:
    return REDIS_SECONDS


@pytest.fixture
def redis() -> Iterator[RedisProcess]:
    with redis_process() as process:
        yield process


@pytest.fixture
def settings(settings: Settings, redis: RedisProcess) -> Settings:
    return settings.model_copy(update={"redis_url": SecretStr(redis.url)})


@dataclass(slots=True)
class ReaderOfOwnWrites:
    """Sets a price, and reads it, for ever."""

    anna: Caller
    answers: int = 0
    slowest_seconds: float = 0.0

    async def go_on(self) -> None:
        product = await self.anna.given(sku="READ-1")
        address = f"{PRODUCTS}/{product['id']}"
        while True:
            began, amount = monotonic(), self.answers + 1
            await self._set_and_read(address, amount)
            self.answers += 1
            self.slowest_seconds = max(self.slowest_seconds, monotonic() - began)

    async def _set_and_read(self, address: str, amount: int) -> None:
        priced = await self.anna.asks("PUT", f"{address}/prices/USD", json={"amount": amount})
        position = priced.gives(200).body["position"]
        read = await self.anna.reads(address, position)
        assert [price["amount"] for price in read.body["prices"]] == [amount]
        assert int(read.headers["Catalog-Position"]) >= position

    async def is_answered(self) -> None:
        """From now on, once more."""
        enough = self.answers + 2

        async def is_there() -> bool:
            return self.answers >= enough

        await eventually(is_there)


@asynccontextmanager
async def busy(
    anna: Caller, settings: Settings, engine: AsyncEngine, directory: Path
) -> AsyncIterator[ReaderOfOwnWrites]:
    """With a worker, writes, and somebody who reads; all is exact afterwards."""
    redis_url = settings.redis_url.get_secret_value()
    with worker(settings, directory) as process:
        async with traffic(engine, redis_url):
            await process.is_ready()
            reader = ReaderOfOwnWrites(anna)
            reading = asyncio.create_task(reader.go_on())
            try:
                await reader.is_answered()
                yield reader
                await reader.is_answered()
            finally:
                reading.cancel()
                with suppress(asyncio.CancelledError):
                    await reading
            print(f"{reader.answers} answers, the slowest after {reader.slowest_seconds:.1f} s")
        await assert_exact(engine, redis_url)


async def lag(engine: AsyncEngine) -> float:
    """Seconds until what is written now has been applied."""
    began = monotonic()
    head = await head_of(engine)
    await moves(engine, head - 1)
    return monotonic() - began


@pytest.mark.slow
async def test_it_hangs_for_half_a_minute(
    anna: Caller, settings: Settings, engine: AsyncEngine, redis: RedisProcess, tmp_path: Path
) -> None:
    async with busy(anna, settings, engine, tmp_path) as reader:
        redis.hang()
        until = monotonic() + HANGING_SECONDS
        while monotonic() < until:
            assert await lag(engine) < HELD_UP_SECONDS
            await reader.is_answered()
        redis.resume()


async def test_it_is_away_for_longer_than_the_cache_is_believed(
    anna: Caller, settings: Settings, engine: AsyncEngine, redis: RedisProcess, tmp_path: Path
) -> None:
    async with busy(anna, settings, engine, tmp_path) as reader:
        redis.stop()
        until = monotonic() + VOUCHED_SECONDS
        while monotonic() < until:
            assert await lag(engine) < HELD_UP_SECONDS
            await reader.is_answered()
        redis.start()


async def test_it_is_emptied_again_and_again(
    anna: Caller, settings: Settings, engine: AsyncEngine, redis: RedisProcess, tmp_path: Path
) -> None:
    async with busy(anna, settings, engine, tmp_path) as reader, connect(redis.url) as client:
        for _ in range(FLUSHES):
            await cached(client)
            await client.flushall()
            await reader.is_answered()


async def test_it_is_full_and_takes_no_writes(
    anna: Caller, settings: Settings, engine: AsyncEngine, redis: RedisProcess, tmp_path: Path
) -> None:
    async with busy(anna, settings, engine, tmp_path) as reader, connect(redis.url) as client:
        await cached(client)
        await client.config_set("maxmemory", "1")
        with pytest.raises(OutOfMemoryError):
            await client.set("anything", "at all")
        await eventually(lambda: is_not_believed(client))
        assert await lag(engine) < HELD_UP_SECONDS
        await reader.is_answered()
        await client.config_set("maxmemory", "0")
        await cached(client)


async def cached(client: Redis) -> None:
    """Until the cache has something that is believed."""

    async def found() -> bool:
        return bool(await vouched(client) and await client.keys("*:product:*"))

    await eventually(found)


async def is_not_believed(client: Redis) -> bool:
    """Any more, by who reads."""
    found = (await product_cache(client).find([("main", LAMP)]))["main", LAMP]
    return found is None or found.unvouched_seconds > VOUCHED_SECONDS


async def test_it_carries_no_hints(
    settings: Settings, engine: AsyncEngine, redis: RedisProcess, tmp_path: Path
) -> None:
    """Half of the writes, at least, are visible as soon as it is promised."""
    async with connect(redis.url) as client:
        await client.acl_setuser(
            "default", enabled=True, reset_channels=True, channels=[f"{PROJECTED}*"]
        )
        with pytest.raises(NoPermissionError):
            await client.publish(channel(client, APPENDED), "main")
    with worker(settings, tmp_path) as process:
        await process.is_ready()
        async with writer(engine, redis.url) as writing:
            took = [await visible(engine, writing) for _ in range(WRITES)]
        assert median(took) < BY_POLLING_SECONDS
        await assert_exact(engine, redis.url)


async def visible(engine: AsyncEngine, writing: Traffic) -> float:
    """Seconds from the acknowledgement to when reads show it."""
    position = await writing.write()
    began = monotonic()
    await moves(engine, position - 1)
    return monotonic() - began
