from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from events.append import Appended, ClaimTaken
from events.database import driver
from events.log import find_claims
from tests.appends import appended, asked, leaving, taking

LAMP, DESK, SOFA = UUID(int=1), UUID(int=2), UUID(int=3)


async def test_a_claim_is_held_by_one_stream(engine: AsyncEngine) -> None:
    await appended(engine, asked(LAMP, claims=taking("LAMP-1")))
    assert await appended(engine, asked(DESK, claims=taking("LAMP-1"))) == [
        ClaimTaken("sku", "LAMP-1", LAMP)
    ]
    assert await appended(engine, asked(LAMP, claims=taking("LAMP-1"))) == [Appended(LAMP, 2, 2)]


async def test_a_claim_that_was_let_go_can_be_taken(engine: AsyncEngine) -> None:
    await appended(engine, asked(LAMP, claims=taking("LAMP-1")))
    await appended(engine, asked(LAMP, claims=[*leaving("LAMP-1"), *taking("LAMP-2")]))
    assert await appended(engine, asked(DESK, claims=taking("LAMP-1"))) == [Appended(DESK, 1, 3)]
    async with driver(engine) as connection:
        assert await find_claims(connection, "main", "sku", ["LAMP-1", "LAMP-2", "X"]) == {
            "LAMP-1": DESK,
            "LAMP-2": LAMP,
        }


async def test_only_its_holder_lets_a_claim_go(engine: AsyncEngine) -> None:
    await appended(engine, asked(LAMP, claims=taking("LAMP-1")))
    await appended(engine, asked(DESK, claims=leaving("LAMP-1")))
    assert await appended(engine, asked(SOFA, claims=taking("LAMP-1"))) == [
        ClaimTaken("sku", "LAMP-1", LAMP)
    ]


async def test_a_refused_append_takes_no_claim(engine: AsyncEngine) -> None:
    await appended(engine, asked(LAMP, claims=taking("LAMP-1")))
    await appended(engine, asked(DESK, claims=[*taking("DESK-1"), *taking("LAMP-1")]))
    assert await appended(engine, asked(SOFA, claims=taking("DESK-1"))) == [Appended(SOFA, 1, 2)]


async def test_a_claim_named_twice_in_one_append_is_taken_once(engine: AsyncEngine) -> None:
    twice = asked(claims=[*taking("lamp"), *taking("lamp")])
    (outcome,) = await appended(engine, twice)
    assert isinstance(outcome, Appended)
