"""What became of products after a moment, in every field that a list tells or asks for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from events import product as facts
from events.product import ProductEvent
from tests.given import Log
from tests.shelf import BRANDS, CATEGORIES, DAYS, NAMES, TAGS, Shelved

THEN = DAYS[-1] + timedelta(days=1)
AFTERWARDS = [THEN + timedelta(days=days) for days in (1, 2, 2, 3)]


async def happened(log: Log, products: Sequence[Shelved]) -> None:
    """Each product is changed after THEN, more than once, and others come."""
    chance = Random(11)
    for moment in AFTERWARDS:
        streams = [(each.id, _changes(chance)) for each in products]
        await log.given_all(streams, occurred_at=moment)
    for number in range(20):
        await _registered_later(log, number)


async def _registered_later(log: Log, number: int) -> None:
    registered = facts.ProductRegistered(sku=f"later-{number}", name="Lamp", attributes={})
    priced = facts.PriceSet(currency="EUR", amount=number)
    await log.given(UUID(int=number), registered, priced, occurred_at=_some_day_later(number))


def _some_day_later(number: int) -> datetime:
    return AFTERWARDS[number % len(AFTERWARDS)]


def _changes(chance: Random) -> list[ProductEvent]:
    possible: list[ProductEvent] = [
        facts.ProductRenamed(name=chance.choice(NAMES)),
        facts.ProductDescribed(description="zebra"),
        facts.ProductBranded(brand=chance.choice(BRANDS)),
        facts.ProductCategorised(category=chance.choice(CATEGORIES)),
        facts.ProductTagged(tags=tuple(chance.sample(TAGS, 2))),
        facts.AttributesChanged(assigned={"color": "red", "watts": 40}, removed=("dimmable",)),
        facts.PriceSet(currency="EUR", amount=chance.randrange(100)),
        facts.PriceRemoved(currency="JPY"),
        facts.ProductPublished(),
        facts.ProductArchived(),
    ]
    return chance.sample(possible, 3)
