"""The way to Redis, when Redis is there and does not answer."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest
from redis.exceptions import RedisError
from structlog.testing import capture_logs

from events import nudge
from events.circuit import REDIS_SECONDS
from events.nudge import ANSWER_SECONDS, APPENDED, connect, listen
from tests.eventually import eventually
from tests.redis_process import RedisProcess, redis_process

SLOW_MACHINE_SECONDS = 3.0


@pytest.fixture
def redis_seconds() -> float:
    return REDIS_SECONDS


@pytest.fixture
def server() -> Iterator[RedisProcess]:
    with redis_process() as process:
        yield process


async def test_every_command_comes_to_an_end_also_on_new_connections(server: RedisProcess) -> None:
    async with connect(server.url) as redis:
        await redis.ping()
        server.hang()
        for _ in range(3):
            async with asyncio.timeout(2 * ANSWER_SECONDS + SLOW_MACHINE_SECONDS):
                with pytest.raises(RedisError):
                    await redis.get("anything")
        server.resume()
        assert await redis.ping()


async def test_a_subscription_of_which_nothing_comes_is_begun_again(
    server: RedisProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nudge, "SILENCE_SECONDS", 0.1)
    heard: list[str] = []

    async def hears(catalog: str) -> None:
        async def came() -> bool:
            await nudge.nudge(redis, catalog)
            return catalog in heard

        await eventually(came)

    async with connect(server.url) as redis:
        with capture_logs() as logs:
            listening = asyncio.create_task(listen(redis, APPENDED, heard.append))
            await hears("main")

            async def says_nothing() -> bool:
                quiet = len(logs)
                await asyncio.sleep(10 * nudge.SILENCE_SECONDS)
                return len(logs) == quiet

            await eventually(says_nothing)
            server.hang()
            await eventually(lambda: is_lost(logs))
            server.resume()
            await hears("outlet")
        listening.cancel()
        await asyncio.wait({listening})


async def is_lost(logs: Sequence[object]) -> bool:
    return any("subscription_lost" in str(entry) for entry in logs)
