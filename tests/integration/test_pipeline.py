"""Batches that are prepared on others that are not committed yet."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events import product as facts
from events.database import Connection, driver
from events.nudge import connect
from events.product import ProductRegistered
from projections.leases import Lease, LeaseLost
from projections.projector import Batch, commit, prepare
from tests.given import (
    DESK,
    LAMP,
    TELEPORTED,
    Log,
    another_generation,
    checkpoint,
    held,
    projected,
    registered,
    rows,
)
from tests.parking import TOO_MUCH, names, places, shown
from tests.pipelined import pipelined
from tests.projectors import caught_up, running
from workers import following

desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
sun, moon = facts.ProductRenamed(name="Sun"), facts.ProductRenamed(name="Moon")


async def test_a_product_goes_on_from_what_the_batch_ahead_makes_of_it(
    engine: AsyncEngine,
) -> None:
    await Log(engine).given(LAMP, registered, sun, facts.PriceSet(currency="EUR", amount=5))
    async with driver(engine) as connection:
        lease = await held(connection)
        ahead = await prepare(connection, lease, 0, 2)
        following = await prepare(connection, lease, 2, 2, ahead=ahead)
    assert await checkpoint(engine) == 0
    read = shown(following)[LAMP]
    assert (read.name, read.version, [each.amount for each in read.prices]) == ("Sun", 3, [5])


async def test_a_product_that_stands_still_in_the_batch_ahead_stands_still(
    engine: AsyncEngine,
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered)
    await log.given_stored(LAMP, TELEPORTED)
    await log.given(LAMP, sun)
    await log.given(DESK, desk)
    await pipelined(engine, limits=[2, 2, 2])
    assert await names(engine) == {LAMP: ("Lamp", 1), DESK: ("Desk", 1)}
    assert await places(engine) == [(LAMP, 2)]


async def test_what_was_parked_before_stands_still_in_a_batch_that_knows_nothing_of_it(
    engine: AsyncEngine,
) -> None:
    log = Log(engine)
    await log.given_stored(LAMP, TELEPORTED)
    await log.given(DESK, desk)
    await log.given(LAMP, registered)
    await pipelined(engine, limits=[1, 1, 1, 1])
    assert await names(engine) == {DESK: ("Desk", 1)}
    assert await places(engine) == [(LAMP, 1)]


async def test_what_was_prepared_on_more_than_could_be_stored_is_thrown_away(
    engine: AsyncEngine, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The batch ahead is stored but for one product: the next one is prepared again."""
    log = Log(engine)
    await log.given(LAMP, registered)
    at_fault = await log.given_stored(LAMP, TOO_MUCH)
    await log.given(DESK, desk)
    await log.given(LAMP, facts.PriceSet(currency="EUR", amount=5))
    head = await log.given(DESK, sun)
    prepared: list[tuple[int, bool]] = []

    async def counted(
        connection: Connection, lease: Lease, after: int, limit: int, ahead: Batch | None = None
    ) -> Batch:
        batch = await prepare(connection, lease, after, limit, ahead)
        if batch.events:
            prepared.append((after, ahead is not None))
        return batch

    monkeypatch.setattr(following, "prepare", counted)
    async with connect(redis_url) as redis, running(engine, redis, most=3):
        await caught_up(engine, head)

    assert prepared == [(0, False), (3, True), (3, False)]
    assert await names(engine) == {LAMP: ("Lamp", 1), DESK: ("Sun", 2)}
    assert await places(engine) == [(LAMP, at_fault)]
    fresh = await another_generation(engine)
    await projected(engine, limits=[1] * head, generation=fresh)
    assert await rows(engine) == await rows(engine, generation=fresh)


async def test_nothing_prepared_is_committed_behind_a_batch_that_was_refused(
    engine: AsyncEngine,
) -> None:
    """Somebody else has taken the catalog over meanwhile."""
    await Log(engine).given(LAMP, registered, sun, moon)
    async with driver(engine) as connection:
        late = await held(connection)
        ahead = await prepare(connection, late, 0, 1)
        following = await prepare(connection, late, 1, 1, ahead=ahead)
        await commit(connection, await held(connection), ahead)
        for batch in (ahead, following):
            with pytest.raises(LeaseLost):
                await commit(connection, late, batch)
    assert await checkpoint(engine) == 1
    assert await names(engine) == {LAMP: ("Lamp", 1)}
