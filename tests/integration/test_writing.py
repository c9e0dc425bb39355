"""Only what changed is written, and what can't be stored is found event by event."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events import product as facts
from events.database import driver
from events.product import ProductEvent, ProductRegistered
from projections.read_models import READ_MODELS
from tests.given import DESK, LAMP, TELEPORTED, Log, projected, registered
from tests.parking import TOO_MUCH, discarded, names, places

desk = ProductRegistered(sku="DESK-1", name="Desk", attributes={})
euro = facts.PriceSet(currency="EUR", amount=1999)
type Places = Mapping[str, list[str]]


async def rows_of(engine: AsyncEngine, product: UUID) -> Places:
    """Where each table keeps the product's rows, and which transaction put them there."""
    async with driver(engine) as connection:
        return {
            model.table.name: [
                f"{row['xmin']} {row['ctid']}"
                for row in await connection.fetch(
                    f"select xmin::text, ctid::text from only read_1.{model.table.name}"
                    " where product_id = $1 order by 1, 2",
                    product,
                )
            ]
            for model in READ_MODELS
        }


@pytest.mark.parametrize(
    ("event", "written"),
    [
        (facts.PriceSet(currency="EUR", amount=5), {"product_details", "product_prices"}),
        (facts.PriceRemoved(currency="EUR"), {"product_details", "product_prices"}),
        (facts.ProductRenamed(name="Sun"), {"product_details", "product_search"}),
        (facts.MediaArranged(media=()), {"product_details"}),
        (
            facts.ProductDescribed(description="Bright"),
            {"product_details", "product_search"},
        ),
        (facts.AttributesChanged(assigned={"a": 1}), {"product_details", "product_search"}),
        (facts.ProductPublished(), {"product_details", "product_prices", "product_search"}),
    ],
    ids=lambda each: type(each).__name__,
)
async def test_an_event_touches_the_tables_that_say_something_else_afterwards(
    engine: AsyncEngine, event: ProductEvent, written: set[str]
) -> None:
    log = Log(engine)
    await log.given_all([(LAMP, [registered, euro]), (DESK, [desk, euro])])
    await projected(engine)
    lamp, other = await rows_of(engine, LAMP), await rows_of(engine, DESK)
    await log.given(LAMP, event)

    await projected(engine)

    now = await rows_of(engine, LAMP)
    assert {table for table in now if now[table] != lamp[table]} == written
    assert await rows_of(engine, DESK) == other


async def test_what_comes_behind_a_parked_product_s_fault_touches_nothing(
    engine: AsyncEngine,
) -> None:
    log = Log(engine)
    await log.given(LAMP, registered, euro)
    await log.given_stored(LAMP, TELEPORTED)
    await projected(engine)
    before = await rows_of(engine, LAMP)
    await log.given(LAMP, facts.ProductRenamed(name="Sun"))
    await projected(engine)
    assert await rows_of(engine, LAMP) == before


@pytest.mark.parametrize("limits", [[], [2]])
async def test_what_can_not_be_stored_is_found_behind_discarded_events(
    engine: AsyncEngine, limits: Sequence[int]
) -> None:
    """Whether they are in the same batch or in an earlier one."""
    log = Log(engine)
    await log.given(LAMP, registered)
    await discarded(engine, LAMP, await log.given_stored(LAMP, TELEPORTED))
    await log.given(LAMP, facts.ProductRenamed(name="Sun"))
    at_fault = await log.given_stored(LAMP, TOO_MUCH)
    await log.given(DESK, desk)

    await projected(engine, limits=limits)

    assert await places(engine) == [(LAMP, at_fault)]
    assert await names(engine) == {LAMP: ("Sun", 3), DESK: ("Desk", 1)}
