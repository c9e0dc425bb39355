"""Given events, then rows."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events import product as facts
from events.database import driver
from events.product import ProductEvent
from tests.given import LAMP, TELEPORTED, Log, projected, registered

priced = facts.PriceSet(currency="EUR", amount=1999)
colored = facts.AttributesChanged(assigned={"color": "red", "watts": 40})
medium = facts.Medium(url="https://example.org/1.png")
EURO = {"currency": "EUR", "amount": 1999, "decimal": "19.99"}


@pytest.fixture
def log(engine: AsyncEngine) -> Log:
    return Log(engine)


async def then(engine: AsyncEngine, table: str, **expected: object) -> None:
    """The lamp's row of a table has these values; those of a JSON column are decoded."""
    async with driver(engine) as connection:
        found = dict(await connection.fetchrow(f"select * from read.{table}") or {})
    assert {name: _decoded(found[name]) for name in expected} == expected


def _decoded(value: object) -> object:
    return msgspec.json.decode(value) if isinstance(value, str) and value[:1] == "{" else value


async def document(engine: AsyncEngine) -> dict[str, Any]:
    async with driver(engine) as connection:
        stored = await connection.fetchval("select document from read.product_details")
    return dict(msgspec.json.decode(stored))


async def test_a_registered_product_has_a_document(log: Log, engine: AsyncEngine) -> None:
    moment = datetime(2024, 5, 1, 12, tzinfo=UTC)
    await log.given(LAMP, registered, occurred_at=moment)
    await projected(engine)
    assert await document(engine) == {
        "id": str(LAMP),
        "sku": "LAMP-1",
        "name": "Lamp",
        "description": None,
        "brand": None,
        "category": None,
        "tags": [],
        "attributes": {},
        "prices": [],
        "media": [],
        "status": "draft",
        "version": 1,
        "created_at": "2024-05-01T12:00:00Z",
        "updated_at": "2024-05-01T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("given", "field", "value"),
    [
        ([facts.ProductRenamed(name="Sun")], "name", "Sun"),
        ([facts.ProductDescribed(description="Bright")], "description", "Bright"),
        ([facts.ProductBranded(brand="Acme")], "brand", "Acme"),
        ([facts.ProductCategorised(category="light/table")], "category", "light/table"),
        ([facts.ProductTagged(tags=("b", "a"))], "tags", ["b", "a"]),
        ([colored], "attributes", {"color": "red", "watts": 40}),
        (
            [colored, facts.AttributesChanged(assigned={"watts": 60}, removed=("color",))],
            "attributes",
            {"watts": 60},
        ),
        (
            [facts.MediaArranged(media=(medium,))],
            "media",
            [{"url": "https://example.org/1.png", "alt": None}],
        ),
        (
            [facts.PriceSet(currency="JPY", amount=300), priced],
            "prices",
            [EURO, {"currency": "JPY", "amount": 300, "decimal": "300"}],
        ),
        ([priced, facts.PriceRemoved(currency="EUR")], "prices", []),
        ([facts.ProductPublished()], "status", "published"),
        ([facts.ProductPublished(), facts.ProductUnpublished()], "status", "draft"),
        ([facts.ProductArchived(reason="recall")], "status", "archived"),
        ([facts.ProductArchived(), facts.ProductRestored(status="draft")], "status", "draft"),
    ],
)
async def test_each_event_changes_its_field_and_no_other(
    log: Log, engine: AsyncEngine, given: list[ProductEvent], field: str, value: object
) -> None:
    await log.given(LAMP, registered)
    await projected(engine)
    before = await document(engine)
    await log.given(LAMP, *given)
    await projected(engine)
    after = await document(engine)
    moved = {"version": 1 + len(given), "updated_at": after["updated_at"]}
    assert after == before | moved | {field: value}
    assert after["updated_at"] > before["updated_at"]


async def test_what_lists_filter_by_is_beside_it(log: Log, engine: AsyncEngine) -> None:
    changes = (
        facts.ProductRenamed(name="GROẞE Lampe"),
        facts.ProductBranded(brand="Acme"),
        facts.ProductCategorised(category="light"),
        facts.ProductTagged(tags=("new", "sale")),
        colored,
        facts.ProductPublished(),
    )
    await log.given(LAMP, registered, *changes)
    await projected(engine)
    await then(
        engine,
        "product_search",
        product_id=LAMP,
        name="grosse lampe",
        brand="Acme",
        category="light",
        tags=["new", "sale"],
        attributes={"main": {"color": ["red"], "watts": ["40"]}},
        status="published",
    )


async def test_what_is_looked_up_beside_the_document_is_beside_it(
    log: Log, engine: AsyncEngine
) -> None:
    moment = datetime(2024, 5, 1, 12, tzinfo=UTC)
    await log.given(LAMP, registered, priced, occurred_at=moment)
    await projected(engine)
    looked_up = {"product_id": LAMP, "sku": "LAMP-1", "version": 2, "updated_at": moment}
    await then(engine, "product_details", **looked_up, parked_before=None)
    at_fault = await log.given_stored(LAMP, TELEPORTED)
    await projected(engine)
    await then(engine, "product_details", **looked_up, parked_before=at_fault)


async def test_a_price_is_a_row_of_its_currency(log: Log, engine: AsyncEngine) -> None:
    await log.given(LAMP, registered, priced, facts.PriceSet(currency="JOD", amount=1))
    await projected(engine)
    await log.given(
        LAMP, facts.PriceSet(currency="EUR", amount=5), facts.PriceRemoved(currency="JOD")
    )
    await projected(engine)
    await then(engine, "product_prices", product_id=LAMP, currency="EUR", amount=5)


async def test_a_price_that_was_removed_and_set_again_stays(log: Log, engine: AsyncEngine) -> None:
    await log.given(LAMP, registered, priced, facts.PriceRemoved(currency="EUR"), priced)
    await projected(engine)
    await then(engine, "product_prices", amount=1999)
