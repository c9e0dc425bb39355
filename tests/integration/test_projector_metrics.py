"""What the projector measures of its batches."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from events.nudge import connect
from events.product import PriceSet, ProductRegistered, ProductRenamed
from projections.folding import fold
from projections.projector import Batch, read_progress
from projections.publish import Publisher
from tests.given import DESK, LAMP, Log, registered
from tests.projectors import caught_up, measured, running
from tests.stream import stream
from workers.announcing import Announcing

SERIES = (
    "batch_events_count",
    "batch_events_sum",
    "batch_seconds_count",
    "visible_seconds_count",
    "visible_seconds_sum",
)


def figures() -> dict[str, float]:
    return {name: measured(name) or 0.0 for name in SERIES}


def added(before: dict[str, float]) -> dict[str, float]:
    return {name: after - before[name] for name, after in figures().items()}


async def test_batches_are_counted_with_their_events_and_appends(
    engine: AsyncEngine, redis_url: str
) -> None:
    """Of what was appended at a time one is enough: all of it is seen at a time."""
    log, before = Log(engine), figures()
    desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
    await log.given(LAMP, registered, ProductRenamed(name="Sun"))
    head = await log.given(DESK, desk, PriceSet(currency="EUR", amount=5))
    async with connect(redis_url) as redis, running(engine, redis, most=10):
        await caught_up(engine, head)
    found = added(before)
    assert (found["batch_events_count"], found["batch_events_sum"]) == (1, 4)
    assert (found["batch_seconds_count"], found["visible_seconds_count"]) == (1, 2)
    assert 0 < found["visible_seconds_sum"] < 60


@pytest.mark.parametrize("ahead", [-3_600.0, 0.0, 3_600.0])
async def test_what_is_visible_is_measured_by_the_database_s_clock(
    engine: AsyncEngine, redis_url: str, ahead: float
) -> None:
    recorded_at = datetime.now(UTC) + timedelta(seconds=ahead - 5)
    events = [msgspec.structs.replace(each, recorded_at=recorded_at) for each in stream(registered)]
    async with driver(engine) as connection:
        (known,) = await read_progress(connection)
    async with connect(redis_url) as redis:
        announcing = Announcing(Publisher(redis, ttl_seconds=60))
        announcing.clock_ahead = ahead
        before = figures()
        await announcing.applied(replace(known, head=1), Batch(0, 1, events, [fold(None, events)]))
    assert 5 <= added(before)["visible_seconds_sum"] < 10


async def test_the_worker_knows_how_far_the_database_s_clock_is_from_its_own(
    engine: AsyncEngine, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here it is this machine's that is an hour ahead."""
    monkeypatch.setattr("workers.projecting.time", lambda: datetime.now(UTC).timestamp() + 3_600)
    monkeypatch.setattr("workers.announcing.time", lambda: datetime.now(UTC).timestamp() + 3_600)
    before = figures()
    async with connect(redis_url) as redis, running(engine, redis):
        await caught_up(engine, await Log(engine).given(LAMP, registered))
    found = added(before)
    assert found["visible_seconds_count"] == 1
    assert found["visible_seconds_sum"] < 60
