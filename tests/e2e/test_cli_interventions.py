"""What an operator does at night about a product that stands still, from the command line."""

import getpass

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from tests.conversation import Caller
from tests.interventions import kept
from tests.operating import Operator
from tests.parking import newer_release
from tests.poisoned import PROJECTIONS, Poisoned

pytest_plugins = ("tests.conversation_fixtures", "tests.poisoned_fixtures")

AT_ONCE = ("--wait", "0")


async def test_a_parked_product_goes_on_without_the_event_at_fault(
    anna: Caller, engine: AsyncEngine, operator: Operator, parked_lamp: Poisoned
) -> None:
    position = str(parked_lamp.position)
    assert await operator.does("discard", "LAMP-1", "--position", position) == 0
    assert operator.read == f"LAMP-1 goes on without its event at position {position}.\n"
    assert "parked" not in (await anna.gets(parked_lamp.path)).gives(200).body
    (done,) = await kept(engine)
    assert (done.action, done.position, done.outcome) == ("discard", int(position), "done")
    assert done.actor == f"cli:{getpass.getuser()}"
    assert done.correlation_id


async def test_it_is_tried_again_once_a_release_knows_the_event(
    anna: Caller, operator: Operator, parked_lamp: Poisoned, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await operator.does("retry", parked_lamp.id) == 1
    told = f"catalog: {parked_lamp.id} stands still before its event at position {{}}: {{}}"
    assert operator.warned.startswith(told.format(parked_lamp.position, "ProductTeleported"))
    newer_release(monkeypatch, {"name": "Star"})
    assert await operator.does("retry", parked_lamp.id) == 0
    assert operator.read == f"{parked_lamp.id} goes on.\n"
    assert (await anna.gets(parked_lamp.path)).gives(200).body["name"] == "Star"


@pytest.mark.usefixtures("projecting")
async def test_what_is_read_of_any_product_can_be_made_anew(
    anna: Caller, engine: AsyncEngine, operator: Operator
) -> None:
    receipt = await anna.given()
    path = f"/v1/catalogs/main/products/{receipt['id']}"
    await anna.reads(path, receipt["position"])
    async with driver(engine) as connection:
        await connection.execute("update read.product_details set document = '{}'")
    assert await operator.does("refold", "LAMP-1") == 0
    assert operator.read == "All that is read of LAMP-1 is made anew.\n"
    by_sku = await anna.gets("/v1/catalogs/main/products/by-sku/LAMP-1")
    assert by_sku.gives(200).body["name"] == "Lamp"


async def test_a_refold_of_what_stays_unreadable_has_not_done_it(
    operator: Operator, parked_lamp: Poisoned
) -> None:
    assert await operator.does("refold", "LAMP-1", "--json") == 1
    (told,) = operator.documents
    assert (told["product_id"], told["outcome"]) == (parked_lamp.id, "still-parked")
    assert operator.warned.startswith("catalog: LAMP-1 stands still before its event at position")


async def test_another_event_than_the_one_at_fault_is_not_discarded(
    engine: AsyncEngine, operator: Operator, parked_lamp: Poisoned
) -> None:
    other = str(parked_lamp.position + 1)
    assert await operator.does("discard", "LAMP-1", "--position", other) == 1
    at_fault = f"LAMP-1 stands still before its event at position {parked_lamp.position}."
    assert operator.warned == f"catalog: {at_fault}\n"
    assert await kept(engine) == []


@pytest.mark.usefixtures("parked_lamp")
async def test_a_product_that_goes_on_is_not_retried(
    anna: Caller, engine: AsyncEngine, operator: Operator
) -> None:
    await anna.given(sku="LAMP-2")
    assert await operator.does("retry", "LAMP-2") == 1
    assert "does not stand still" in operator.warned
    assert await kept(engine) == []


@pytest.mark.parametrize("product", ["LAMP-9", "018f0000-0000-7000-8000-000000000000"])
@pytest.mark.usefixtures("parked_lamp")
async def test_a_product_that_nobody_knows_is_told(operator: Operator, product: str) -> None:
    assert await operator.does("refold", product) == 1
    told = f"catalog: Catalog main has no product with the SKU or the id {product}.\n"
    assert operator.warned == told


async def test_without_a_worker_it_is_kept_and_told_how_to_start_one(
    anna: Caller, operator: Operator
) -> None:
    await anna.given()
    assert await operator.does("refold", "LAMP-1", *AT_ONCE, "--json") == 1
    assert operator.documents[0]["outcome"] is None
    assert "Start it with `catalog worker`" in operator.warned
    assert operator.warned.endswith("It is kept, and one will do it.\n")
    assert (await anna.gets(PROJECTIONS)).gives(200).body["waiting"] == 1


async def test_of_outdated_read_tables_it_tells_what_comes_first(
    anna: Caller, engine: AsyncEngine, operator: Operator
) -> None:
    await anna.given()
    async with driver(engine) as connection:
        await connection.execute("update projections.generations set code_digest = 'other'")
    assert await operator.does("refold", "LAMP-1", *AT_ONCE) == 1
    assert "run `catalog rebuild`" in operator.warned


async def test_an_event_to_discard_has_to_be_named(operator: Operator) -> None:
    assert await operator.does("discard", "LAMP-1") == 2


async def test_every_option_can_come_from_the_environment(
    engine: AsyncEngine,
    operator: Operator,
    parked_lamp: Poisoned,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = {"PRODUCT": "LAMP-1", "POSITION": str(parked_lamp.position), "CATALOG": "main"}
    for name, value in (options | {"WAIT": "30", "JSON": "1"}).items():
        monkeypatch.setenv(f"CATALOG_{name}", value)
    assert await operator.does("discard") == 0
    assert operator.documents[0]["outcome"] == "done"
    assert len(await kept(engine)) == 1
