"""`catalog projections`: how what is read follows the log, and what doesn't."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from tests.given import TELEPORTED, opened, projected
from tests.interventions import requested
from tests.operating import Operator
from tests.poisoned import Poisoned

pytest_plugins = ("tests.conversation_fixtures", "tests.poisoned_fixtures")

STRANGER = UUID(int=9)


async def test_it_shows_how_far_each_catalog_is_and_what_stands_still(
    operator: Operator, parked_lamp: Poisoned
) -> None:
    assert await operator.does("--json") == 0
    (standing,) = operator.documents
    assert (standing["catalog"], standing["lag_events"], standing["parked"]) == ("main", 0, 1)
    assert (standing["outdated"], standing["waiting"]) == (False, 0)
    (parked,) = standing["parked_streams"]
    assert (parked["product_id"], parked["position"]) == (parked_lamp.id, parked_lamp.position)
    assert await operator.does() == 0
    assert parked_lamp.id in operator.read
    assert "ProductTeleported" in operator.read
    assert not operator.warned


async def test_it_shows_no_empty_list(operator: Operator) -> None:
    assert await operator.does() == 0
    assert "Reason" not in operator.read


async def test_it_says_that_another_version_made_the_read_tables(
    engine: AsyncEngine, operator: Operator
) -> None:
    async with driver(engine) as connection:
        await connection.execute("update projections.generations set code_digest = 'other'")
    assert await operator.does("--json") == 0
    assert "run `catalog rebuild`" in operator.warned
    assert operator.documents[0]["outdated"]


async def test_parked_products_are_listed_of_one_catalog_or_of_all(
    engine: AsyncEngine, operator: Operator
) -> None:
    position = await (await opened(engine, "outlet")).given_stored(STRANGER, TELEPORTED)
    await projected(engine, "outlet")
    for which in ((), ("--catalog", "outlet")):
        assert await operator.does("parked", "--json", *which) == 0
        (parked,) = operator.documents
        assert (parked["catalog"], parked["product_id"]) == ("outlet", str(STRANGER))
        assert parked["position"] == position
    assert await operator.does("parked") == 0
    assert str(STRANGER) in operator.read
    assert await operator.does("parked", "--catalog", "main") == 0
    assert str(STRANGER) not in operator.read


@pytest.mark.parametrize("listing", ["parked", "interventions"])
async def test_a_catalog_that_does_not_exist_is_told(operator: Operator, listing: str) -> None:
    assert await operator.does(listing, "--catalog", "nowhere") == 1
    assert "There is no catalog nowhere" in operator.warned


async def test_interventions_are_listed_with_who_asked_the_newest_first(
    engine: AsyncEngine, operator: Operator
) -> None:
    await opened(engine, "outlet")
    await requested(engine, STRANGER, "refold", actor="ann")
    await requested(engine, STRANGER, "refold", actor="bert", catalog="outlet")
    await requested(engine, STRANGER, "retry", actor="carla")
    assert await operator.does("interventions", "--json") == 0
    assert [each["actor"] for each in operator.documents] == ["carla", "bert", "ann"]
    of_main = ("--catalog", "main", "--limit", "1")
    assert await operator.does("interventions", "--json", *of_main) == 0
    (newest,) = operator.documents
    assert (newest["actor"], newest["action"], newest["outcome"]) == ("carla", "retry", None)
    assert await operator.does("interventions") == 0
    assert str(STRANGER) in operator.read
    assert "waits" in operator.read
