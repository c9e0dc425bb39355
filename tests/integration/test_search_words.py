"""Which words find which products, in the languages of catalogs."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from projections import product_search
from projections.document import ProductDocument
from projections.projection import Catalog, of
from projections.words import sought

DAY = datetime(2024, 5, 1, tzinfo=UTC)
FINDS = """
select projections.lexemes($1, $2, $3) @@ found and numnode(found) > 0
from projections.query($1, $4, $5) found
"""


def named(name: str) -> ProductDocument:
    return ProductDocument(
        id=UUID(int=1),
        sku="S-1",
        name=name,
        description=None,
        brand=None,
        category=None,
        tags=(),
        attributes={},
        prices=[],
        media=(),
        status="draft",
        version=1,
        created_at=DAY,
        updated_at=DAY,
    )


async def finds(engine: AsyncEngine, language: str, q: str, name: str) -> bool:
    (row,) = product_search.rows(Catalog("main", language), of(named(name), DAY))
    names = [column.name for column in product_search.model.columns]
    of_row = dict(zip(names, row, strict=True))
    arguments = (language, of_row["searched"], of_row["accented"], *sought(q))
    async with driver(engine) as connection:
        found: bool = await connection.fetchval(FINDS, *arguments)
    return found


@pytest.mark.parametrize(
    ("language", "q", "name"),
    [
        ("russian", "красный лампа", "Красная лампа"),
        ("spanish", "iluminaciones barata", "Iluminación barata"),
        ("portuguese", "informações usadas", "Informação usada"),
        ("french", "incurvée noir", "Écrans incurvés noirs"),
        ("german", "lampen für küchen", "Lampe Küche"),
    ],
)
async def test_words_are_found_by_their_stems_which_have_accents(
    engine: AsyncEngine, language: str, q: str, name: str
) -> None:
    assert await finds(engine, language, q, name)
    assert not await finds(engine, "simple", q, name)


@pytest.mark.parametrize("language", ["simple", "french"])
@pytest.mark.parametrize("q", ["ecran", "ÉCRANS", "incurves ecr", "écrans incurvé"])
async def test_words_are_found_as_they_are_whatever_their_accents(
    engine: AsyncEngine, language: str, q: str
) -> None:
    assert await finds(engine, language, q, "Écrans incurvés")


@pytest.mark.parametrize(
    ("q", "name", "found"),
    [
        ("can", "Canon", True),
        ("off", "Microsoft Office", True),
        ("the who", "The Who", True),
        ("the who", "Who", False),
        ("microsoft off", "Microsoft Office", True),
        ("the lamps", "Lamp", True),
        ("lamps the", "Lamp", False),
        ("lamps the", "Lamp Theatre", True),
    ],
)
async def test_stop_words_count_last_and_alone(
    engine: AsyncEngine, q: str, name: str, *, found: bool
) -> None:
    assert await finds(engine, "english", q, name) is found


@pytest.mark.parametrize(
    ("q", "name"),
    [
        ("gskill", "G.Skill Trident"),
        ("g.skill", "G.Skill Trident"),
        ("i713700k", "Intel i7-13700K"),
        ("wifi", "Wi-Fi card"),
        ("core i7", "Intel Core™ i7"),
        ("orsted", "Ørsted"),
        ("ørsted", "Orsted"),
        ("本", "日本語の本"),
        ("語", "日本語の本"),
        ("ガ", "メｶﾞネ"),
        ("ภาษา", "เรียนภาษาไทย"),
    ],
)
@pytest.mark.parametrize("language", ["simple", "english"])
async def test_words_are_found_however_they_are_written(
    engine: AsyncEngine, language: str, q: str, name: str
) -> None:
    assert await finds(engine, language, q, name)
