"""Products are read while Redis is slow, full, gone or silent: none wrongly, hardly any later."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from statistics import median
from time import monotonic

import pytest

from events.circuit import REDIS_SECONDS
from events.nudge import connect
from tests.conversation import Caller
from tests.eventually import eventually
from tests.faulty import Shelf, measured
from tests.proxy import Proxy
from tests.redis_process import RedisProcess, redis_process

pytest_plugins = ("tests.conversation_fixtures", "tests.faulty_fixtures")
pytestmark = pytest.mark.usefixtures("projecting")

SLOW_SECONDS = 1.0
SLACK_SECONDS = 0.2
ROUNDS = 5


@pytest.fixture
def redis_seconds() -> float:
    return REDIS_SECONDS


@pytest.fixture
def redis_server() -> Iterator[RedisProcess]:
    with redis_process() as process:
        yield process


@pytest.fixture
def redis_url(redis_server: RedisProcess) -> str:
    """Everybody's in the test: one that may be filled or stopped."""
    return redis_server.url


type Fault = Callable[[RedisProcess, Proxy], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def slow(_: RedisProcess, way: Proxy) -> AsyncIterator[None]:
    way.delay_seconds = SLOW_SECONDS
    yield
    way.delay_seconds = 0


@asynccontextmanager
async def gone(_: RedisProcess, way: Proxy) -> AsyncIterator[None]:
    await way.stop()
    yield
    await way.start()


@asynccontextmanager
async def silent(server: RedisProcess, _: Proxy) -> AsyncIterator[None]:
    server.hang()
    yield
    server.resume()


@asynccontextmanager
async def full(server: RedisProcess, _: Proxy) -> AsyncIterator[None]:
    async with connect(server.url) as redis:
        await redis.config_set("maxmemory", 1)
        yield
        await redis.config_set("maxmemory", 0)


async def read_all(reader: Caller, shelf: Shelf) -> list[float]:
    """Each product after the other; how long each took."""
    took = []
    for path, body in shelf.bodies.items():
        began = monotonic()
        answer = (await reader.gets(path)).gives(200)
        took.append(monotonic() - began)
        assert answer.body == body
        assert "Warning" not in answer.headers
    return took


@pytest.mark.parametrize("fault", [slow, gone, silent])
async def test_a_redis_that_does_not_answer_costs_few_a_moment_and_most_nothing(
    reader: Caller, shelf: Shelf, redis_server: RedisProcess, way_to_redis: Proxy, fault: Fault
) -> None:
    before = await read_all(reader, shelf)
    openings = measured("circuit_openings_total", of="redis")

    async with fault(redis_server, way_to_redis):
        crowd = await asyncio.gather(*(reader.gets(path) for path in shelf.bodies for _ in "12345"))
        took = [each for _ in range(ROUNDS) for each in await read_all(reader, shelf)]
        assert measured("circuit_open", of="redis") == 1

    assert {answer.response.status_code for answer in crowd} == {200}
    assert median(took) < median(before) + SLACK_SECONDS
    assert measured("circuit_openings_total", of="redis") == openings + 1

    found = measured("product_reads_total", source="redis")

    async def reads_from_redis_again() -> bool:
        await read_all(reader, shelf)
        return measured("product_reads_total", source="redis") > found

    await eventually(reads_from_redis_again)
    assert measured("circuit_open", of="redis") == 0


@pytest.mark.parametrize("redis_seconds", [10.0])
async def test_a_redis_that_is_full_is_read_from_and_no_reason_to_leave_it_alone(
    anna: Caller, reader: Caller, shelf: Shelf, redis_server: RedisProcess, way_to_redis: Proxy
) -> None:
    openings = measured("circuit_openings_total", of="redis")
    failures = measured("cache_failures_total", operation="keep")
    async with connect(redis_server.url) as redis, full(redis_server, way_to_redis):
        for key in await redis.keys("catalog:*:product:*"):
            await redis.delete(key)
        await read_all(reader, shelf)
        path = next(iter(shelf.bodies))
        renamed = await anna.asks("PATCH", path, json={"name": "Lamp, renamed"})
        read = await reader.reads(path, renamed.gives(200).body["position"])

    assert read.body["name"] == "Lamp, renamed"
    assert measured("cache_failures_total", operation="keep") > failures
    assert measured("circuit_openings_total", of="redis") == openings
