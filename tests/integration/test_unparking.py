"""A parked stream goes on by the code that knows its event, or stays as it was."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.codec import Encoded
from events.database import driver
from events.product import PriceSet, ProductRegistered, ProductRenamed
from events.recorded import Recorded
from projections import document
from projections.document import ProductDocument, apply
from projections.generations import FIRST
from projections.leases import LeaseLost, acquire, release
from projections.projector import refold
from tests.given import (
    DESK,
    LAMP,
    LEASE,
    TELEPORTED,
    Log,
    another_generation,
    checkpoint,
    projected,
    registered,
    rows,
)
from tests.parking import names, newer_release, parked, places, retried, shown

desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
sun, moon = ProductRenamed(name="Sun"), ProductRenamed(name="Moon")


@pytest.fixture
async def lamp_parked(engine: AsyncEngine) -> int:
    """Sun, then something unknown at the position, then Moon and a price."""
    log = Log(engine)
    await log.given(DESK, desk)
    await log.given(LAMP, registered, sun)
    at_fault = await log.given_stored(LAMP, TELEPORTED)
    await log.given(LAMP, moon, PriceSet(currency="EUR", amount=5))
    await projected(engine)
    return at_fault


@pytest.mark.usefixtures("lamp_parked")
async def test_a_newer_release_applies_the_stream_from_its_first_event(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer_release(monkeypatch, {"name": "Star"})
    batch = await retried(engine)
    assert (batch.before, batch.after, batch.faults) == (6, 6, [])
    assert shown(batch)[LAMP].version == 5
    assert await parked(engine) == []
    fresh = await another_generation(engine)
    await projected(engine, generation=fresh)
    assert await rows(engine) == await rows(engine, generation=fresh)


async def test_what_is_still_unknown_stays_parked(engine: AsyncEngine, lamp_parked: int) -> None:
    before = await rows(engine)
    batch = await retried(engine)
    assert [fault.event.position for fault in batch.faults] == [lamp_parked]
    assert await places(engine) == [(LAMP, lamp_parked)]
    assert await rows(engine) == before


async def test_a_stream_stands_still_again_at_the_next_event_that_is_unknown(
    engine: AsyncEngine, lamp_parked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer_release(monkeypatch, {"name": "Star"})
    unknown = await Log(engine).given_stored(LAMP, Encoded("ProductTeleported", 2, "{}"))
    await projected(engine)
    await retried(engine)
    assert lamp_parked < unknown
    assert await places(engine) == [(LAMP, unknown)]
    assert (await names(engine))[LAMP] == ("Moon", 5)


@pytest.mark.usefixtures("lamp_parked")
async def test_what_is_beyond_the_checkpoint_is_left_to_the_next_batch(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Log(engine).given(LAMP, ProductRenamed(name="Later"))
    newer_release(monkeypatch, {"name": "Star"})
    await retried(engine)
    assert (await names(engine))[LAMP] == ("Moon", 5)
    await projected(engine)
    assert (await names(engine))[LAMP] == ("Later", 6)


async def test_who_lost_the_lease_unparks_nothing(
    engine: AsyncEngine, lamp_parked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer_release(monkeypatch, {"name": "Star"})
    async with driver(engine) as connection:
        late = await acquire(connection, "main", FIRST, "tests", LEASE)
        assert late
        await release(connection, late)
        assert await acquire(connection, "main", FIRST, "another", LEASE)
        with pytest.raises(LeaseLost):
            await refold(connection, late, await checkpoint(engine), LAMP)
    assert await places(engine) == [(LAMP, lamp_parked)]


@pytest.mark.usefixtures("lamp_parked")
async def test_code_that_stumbles_earlier_leaves_all_that_is_read_as_it_was(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(engine)
    await log.given(DESK, PriceSet(currency="EUR", amount=1), moon)
    at_fault = await log.given_stored(DESK, TELEPORTED)
    await projected(engine)
    before, standing = await rows(engine), await parked(engine)

    def stumbling(known: ProductDocument | None, recorded: Recorded) -> ProductDocument:
        if recorded.stream_id == DESK and recorded.version == 2:
            raise ValueError(recorded)
        return apply(known, recorded)

    monkeypatch.setattr(document, "apply", stumbling)
    batch = await retried(engine, DESK)

    assert [fault.event.version for fault in batch.faults] == [2]
    assert (DESK, at_fault) in await places(engine)
    assert (await rows(engine), await parked(engine)) == (before, standing)


async def test_what_is_shown_of_a_parked_product_is_mended_where_it_stands(
    engine: AsyncEngine, lamp_parked: int
) -> None:
    before, standing = await rows(engine), await parked(engine)
    async with driver(engine) as connection:
        await connection.execute(
            "delete from only read_1.product_search where product_id = $1", LAMP
        )
        await connection.execute(
            "update only read_1.product_details set document = '{}' where product_id = $1", LAMP
        )
    await retried(engine)
    assert await rows(engine) == before
    assert await parked(engine) == standing
    assert await places(engine) == [(LAMP, lamp_parked)]
