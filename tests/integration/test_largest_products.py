"""Products as large as the API admits, of characters that nothing can make smaller."""

from random import Random

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.catalogs import Language, open_catalog
from events.database import driver
from events.product import PriceSet, ProductPublished, ProductRegistered
from tests.given import LAMP, Log, projected, rows
from tests.parking import parked

CATALOG = "c" * 63
HAN = range(0x20000, 0x2A6E0)
CUNEIFORM = range(0x12000, 0x1239A)
LOWER = range(ord("a"), ord("z") + 1)


def text(chance: Random, characters: range, length: int) -> str:
    return "".join(map(chr, chance.choices(characters, k=length)))


def largest(characters: range) -> ProductRegistered:
    chance = Random(5)
    values = [text(chance, characters, 1_000) for _ in range(20)]
    return ProductRegistered(
        sku=text(chance, LOWER, 100),
        name=text(chance, characters, 500),
        description=text(chance, characters, 20_000),
        brand=text(chance, characters, 200),
        category=text(chance, LOWER, 200),
        tags=tuple(text(chance, characters, 100) for _ in range(100)),
        attributes={text(chance, LOWER, 64): tuple(values) for _ in range(20)},
    )


@pytest.mark.parametrize("characters", [HAN, CUNEIFORM], ids=["words of one", "endless words"])
@pytest.mark.parametrize("language", ["simple", "english"])
async def test_whatever_is_accepted_has_rows(
    engine: AsyncEngine, characters: range, language: Language
) -> None:
    async with driver(engine) as connection:
        await open_catalog(connection, CATALOG, "Large", "EUR", language)
    log = Log(engine, CATALOG)
    await log.given(LAMP, largest(characters), PriceSet(currency="EUR", amount=1))
    await log.given(LAMP, ProductPublished())
    await projected(engine, CATALOG)
    assert await parked(engine, CATALOG) == []
    read = await rows(engine, CATALOG)
    assert {table: len(read[table]) for table in read} == dict.fromkeys(read, 1)
