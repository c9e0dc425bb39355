"""Reads that wait for a position: how many may, and who need not."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.settings import Settings
from tests.conversation import PRODUCTS, Caller
from tests.eventually import eventually
from tests.given import projected

pytest_plugins = ("tests.conversation_fixtures",)

PLACES = 2
"""For one catalog."""


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"waiting_reads_limit": 2 * PLACES})


async def shows(anna: Caller, line: str) -> bool:
    return line in (await anna.gets("/metrics")).gives(200).response.text.splitlines()


async def test_no_more_reads_wait_than_may(anna: Caller, engine: AsyncEngine) -> None:
    receipt = await anna.given()
    path, position = f"{PRODUCTS}/{receipt['id']}", receipt["position"]
    patient = {"Catalog-Min-Position": str(position), "Catalog-Wait": "10000"}
    waiting = [asyncio.create_task(anna.gets(path, patient)) for _ in range(PLACES)]
    await eventually(lambda: shows(anna, f"catalog_query_waiting_reads {PLACES}.0"))

    turned_away = await anna.gets(path, patient)

    problem = turned_away.refused(503, "projection-behind")
    assert (problem["position"], problem["minimum"]) == (0, position)
    assert turned_away.headers["Retry-After"] == "1"
    (await anna.gets(PRODUCTS)).gives(200)

    await projected(engine)
    for answer in await asyncio.gather(*waiting):
        assert int(answer.gives(200).headers["Catalog-Position"]) == position
    assert await shows(anna, "catalog_query_waiting_reads 0.0")


async def test_a_history_does_not_wait_for_the_read_tables(anna: Caller) -> None:
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    at_once = {"Catalog-Min-Position": str(receipt["position"]), "Catalog-Wait": "0"}

    (await anna.gets(path, at_once)).refused(503, "projection-behind")

    (await anna.gets(f"{path}/history", at_once)).gives(200)
