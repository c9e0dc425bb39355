"""What Redis is told, and that no missed step leaves anything stale behind."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.nudge import channel, connect
from events.product import PriceSet, ProductRenamed
from projections import publish
from projections.cached import PROJECTED
from projections.projector import Batch
from projections.publish import Publisher
from queries.document import Document
from tests.given import LAMP, SWITCHED, TELEPORTED, Log, projected, registered
from tests.parking import newer_release, retried
from tests.reading import put_back, vouched


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with connect(redis_url) as client:
        yield client


@pytest.fixture
def publisher(redis: Redis) -> Publisher:
    return Publisher(redis, ttl_seconds=60)


@pytest.fixture
async def batches(engine: AsyncEngine) -> list[Batch]:
    """The lamp registered, renamed to Sun, then priced: three batches of one event."""
    changes = (ProductRenamed(name="Sun"), PriceSet(currency="EUR", amount=1))
    await Log(engine).given(LAMP, registered, *changes)
    return await projected(engine, limits=[1, 1, 1])


async def served(redis: Redis) -> tuple[int, int] | None:
    """The position and the version of the lamp that a reader may believe."""
    found = await vouched(redis)
    if found is None or found.answer is None or found.answer.value is None:
        return None
    document = found.answer.value
    assert msgspec.json.decode(document.body)["version"] == document.version
    return found.position, document.version


async def test_what_was_projected_is_served(
    publisher: Publisher, redis: Redis, batches: list[Batch]
) -> None:
    await publisher.announce("main", SWITCHED, 0, 0)
    for batch in batches:
        await publisher.publish("main", SWITCHED, batch)
        assert await served(redis) == (batch.after, batch.after)


async def test_a_missed_batch_forgets_every_document(
    publisher: Publisher, redis: Redis, batches: list[Batch]
) -> None:
    await publisher.announce("main", SWITCHED, 0, 0)
    await publisher.publish("main", SWITCHED, batches[0])
    await publisher.publish("main", SWITCHED, batches[2])
    assert await served(redis) is None


async def test_a_reminder_of_what_was_missed_forgets_every_document(
    publisher: Publisher, redis: Redis, batches: list[Batch]
) -> None:
    await publisher.announce("main", SWITCHED, 0, 0)
    await publisher.publish("main", SWITCHED, batches[0])
    await publisher.announce("main", SWITCHED, 2, 2)
    assert await served(redis) is None


async def test_a_reminder_of_what_is_known_changes_nothing(
    publisher: Publisher, redis: Redis, batches: list[Batch]
) -> None:
    await publisher.announce("main", SWITCHED, 0, 0)
    await publisher.publish("main", SWITCHED, batches[0])
    await publisher.announce("main", SWITCHED, 1, 1)
    await publisher.announce("main", SWITCHED, 0, 0)
    assert await served(redis) == (1, 1)


async def test_a_batch_that_comes_late_or_twice_changes_nothing(
    publisher: Publisher, redis: Redis, batches: list[Batch]
) -> None:
    await publisher.announce("main", SWITCHED, 0, 0)
    for batch in (*batches, batches[0], batches[2]):
        await publisher.publish("main", SWITCHED, batch)
    assert await served(redis) == (3, 3)


async def test_documents_of_a_large_batch_are_forgotten_in_the_moment_when_reads_move(
    publisher: Publisher, redis: Redis, batches: list[Batch], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow reader may put the old one back until then, and not after."""
    await publisher.announce("main", SWITCHED, 0, 0)
    await publisher.publish("main", SWITCHED, batches[0])
    monkeypatch.setattr(publish, "PUT_AT_MOST", 0)
    await publisher.publish("main", SWITCHED, batches[1])
    found = await vouched(redis)
    assert found
    assert (found.position, found.answer) == (2, None)
    (old,) = batches[0].changes
    assert old.after
    await put_back(redis, found, 1, Document(1, old.after.body.encode()))
    assert await served(redis) is None


async def test_an_emptied_redis_knows_nothing_until_it_is_told(
    publisher: Publisher, redis: Redis, batches: list[Batch]
) -> None:
    await publisher.announce("main", SWITCHED, 0, 0)
    await publisher.publish("main", SWITCHED, batches[0])
    await redis.flushdb()
    assert await vouched(redis) is None
    await publisher.publish("main", SWITCHED, batches[1])
    assert await served(redis) is None
    await publisher.publish("main", SWITCHED, batches[2])
    assert await served(redis) == (3, 3)


async def test_documents_that_were_forgotten_once_stay_so(
    publisher: Publisher, redis: Redis, batches: list[Batch]
) -> None:
    """Redis comes back with an old state, and then moves on to where it was before."""
    await publisher.announce("main", SWITCHED, 0, 0)
    await publisher.publish("main", SWITCHED, batches[0])
    (state,) = await redis.keys("*:projected")
    old = await redis.get(state)
    await publisher.publish("main", SWITCHED, batches[1])
    await redis.set(state, old)
    await publisher.announce("main", SWITCHED, 2, 2)
    assert await redis.get(state) != old
    assert await served(redis) is None


async def test_everybody_hears_how_far_reads_have_come(
    publisher: Publisher, redis: Redis, batches: list[Batch]
) -> None:
    async with redis.pubsub() as subscription:
        await subscription.subscribe(channel(redis, PROJECTED))
        await subscription.get_message(timeout=5)
        await publisher.announce("main", SWITCHED, 0, 0)
        await publisher.publish("main", SWITCHED, batches[0])
        heard = [await subscription.get_message(timeout=5) for _ in range(2)]
    assert [message and message["data"] for message in heard] == [
        b"main 0 *",
        b"main 1 %b" % LAMP.hex.encode(),
    ]


async def test_another_generation_forgets_every_document_of_the_one_before(
    publisher: Publisher, redis: Redis, batches: list[Batch]
) -> None:
    await publisher.announce("main", SWITCHED, 0, 0)
    await publisher.publish("main", SWITCHED, batches[0])
    await publisher.announce("main", SWITCHED + 1, 1, 1)
    assert await served(redis) is None
    await publisher.publish("main", SWITCHED + 1, batches[1])
    assert await served(redis) == (2, 2)


async def test_what_an_earlier_generation_says_is_not_heard(
    publisher: Publisher, redis: Redis, batches: list[Batch]
) -> None:
    """However far it is: a worker that has not heard of the switch goes on for a moment."""
    await publisher.announce("main", SWITCHED + 1, 0, 0)
    await publisher.publish("main", SWITCHED + 1, batches[0])
    await publisher.publish("main", SWITCHED, batches[1])
    await publisher.announce("main", SWITCHED, 3, 3)
    assert await served(redis) == (1, 1)


async def test_going_back_to_an_earlier_generation_is_another_switch(
    publisher: Publisher, redis: Redis, batches: list[Batch]
) -> None:
    """It may stand further behind than the one that is left."""
    await publisher.announce("main", SWITCHED, 0, 0)
    for batch in batches:
        await publisher.publish("main", SWITCHED, batch)
    await publisher.announce("main", SWITCHED + 1, 1, 1)
    assert await served(redis) is None
    await publisher.publish("main", SWITCHED + 1, batches[1])
    assert await served(redis) == (2, 2)


async def test_a_product_that_stands_still_is_not_cached(
    publisher: Publisher, redis: Redis, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in the cache says what it was before; its last good state is read from PostgreSQL."""
    log = Log(engine)
    await log.given(LAMP, registered)
    await log.given_stored(LAMP, TELEPORTED)
    before, parking = await projected(engine, limits=[1, 1])
    await publisher.announce("main", SWITCHED, 0, 0)
    await publisher.publish("main", SWITCHED, before)
    assert await served(redis) == (1, 1)
    await publisher.publish("main", SWITCHED, parking)
    assert await served(redis) is None
    newer_release(monkeypatch, {"name": "Star"})
    await publisher.publish("main", SWITCHED, await retried(engine))
    assert await served(redis) is None


async def test_what_is_made_anew_at_a_position_is_not_overwritten_by_who_read_it_before(
    publisher: Publisher, redis: Redis, engine: AsyncEngine, batches: list[Batch]
) -> None:
    await publisher.announce("main", SWITCHED, 0, 0)
    for batch in batches:
        await publisher.publish("main", SWITCHED, batch)
    seen = await vouched(redis)
    assert seen
    await publisher.publish("main", SWITCHED, await retried(engine))
    await put_back(redis, seen, 3, Document(3, b"wrong"))
    assert await served(redis) is None
    found = await vouched(redis)
    assert found
    assert (found.position, found.token != seen.token) == (3, True)
