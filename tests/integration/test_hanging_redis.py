"""Redis is there and answers nobody: what is read from PostgreSQL has to go on."""

from collections.abc import Iterator
from time import monotonic

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.circuit import REDIS_SECONDS
from events.nudge import ANSWER_SECONDS, connect
from events.product import ProductRenamed
from projections.cached import state_key
from tests.eventually import eventually
from tests.given import LAMP, Log, registered
from tests.projectors import caught_up, measured, running
from tests.redis_process import RedisProcess, redis_process

EVENTS = 20
HELD_UP_SECONDS = 2 * ANSWER_SECONDS
"""How long one command of Redis may take to fail."""
SLACK_SECONDS = 2.0


@pytest.fixture
def redis_seconds() -> float:
    return REDIS_SECONDS


@pytest.fixture
def redis_server() -> Iterator[RedisProcess]:
    with redis_process() as process:
        yield process


async def test_it_holds_up_the_projector_now_and_then_and_never_for_longer_than_a_command(
    engine: AsyncEngine, redis_server: RedisProcess
) -> None:
    log = Log(engine)
    async with connect(redis_server.url) as redis, running(engine, redis):

        async def told(position: int) -> bool:
            return (await redis.get(state_key("main")) or b"").endswith(b" %d" % position)

        head = await log.given(LAMP, registered)
        await eventually(lambda: told(head))
        failures = measured("failures_total", reason="redis") or 0
        redis_server.hang()
        took = []
        for number in range(EVENTS):
            began = monotonic()
            await caught_up(engine, await log.given(LAMP, ProductRenamed(name=str(number))))
            took.append(monotonic() - began)
        assert max(took) < HELD_UP_SECONDS + SLACK_SECONDS
        assert sum(took) < EVENTS * HELD_UP_SECONDS / 3
        assert (measured("failures_total", reason="redis") or 0) > failures
        redis_server.resume()
        await eventually(lambda: told(head + EVENTS))
