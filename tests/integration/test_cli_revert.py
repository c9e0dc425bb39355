"""`catalog revert`: a product put back from the command line."""

import getpass
import json

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.appending import Circumstances, to_append
from events.product import PriceSet, ProductRenamed
from tests.appends import appended, logged
from tests.given import LAMP, registered
from tests.told import Told


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch,
    database_url: str,
    redis_url: str,
    capfd: pytest.CaptureFixture[str],
) -> Told:
    monkeypatch.setenv("CATALOG_REDIS_URL", redis_url)
    return Told(monkeypatch, database_url, capfd, "revert")


@pytest.fixture(autouse=True)
async def lamp(engine: AsyncEngine) -> None:
    events = (registered, PriceSet(currency="EUR", amount=1999), ProductRenamed(name="Sun"))
    given = Circumstances(actor="tests", correlation_id="given")
    await appended(engine, to_append(LAMP, events, 0, given))


async def test_a_product_is_put_back_and_its_receipt_is_told(
    told: Told, engine: AsyncEngine
) -> None:
    assert await told("LAMP-1", "2") == [
        "LAMP-1 is as it was at version 2: it has version 4, at position 4."
    ]
    event = (await logged(engine))[-1]
    assert (event.type, json.loads(event.data)) == ("ProductRenamed", {"name": "Lamp"})
    assert (event.actor, event.causation_id) == (f"cli:{getpass.getuser()}", "position:2")


async def test_as_json_it_is_the_receipt_of_the_api(told: Told) -> None:
    (line,) = await told(str(LAMP), "1", "--json")
    assert json.loads(line) == {"id": str(LAMP), "sku": "LAMP-1", "version": 5, "position": 5}


async def test_a_product_that_is_like_that_already_stays_as_it_is(
    told: Told, engine: AsyncEngine
) -> None:
    (line,) = await told("LAMP-1", "3")
    assert line.endswith("it has version 3, at position 3.")
    assert len(await logged(engine)) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["LAMP-1", "4"], "The product has no such version yet"),
        (["LAMP-2", "1"], "Catalog main has no product with the SKU or the id LAMP-2."),
        (["LAMP-1", "1", "--catalog", "outlet"], "There is no catalog outlet"),
    ],
)
async def test_what_is_not_there_is_told_and_nothing_is_written(
    told: Told, engine: AsyncEngine, arguments: list[str], said: str
) -> None:
    (line,) = await told(*arguments, exits=1)
    assert line.startswith(f"catalog: {said}")
    assert len(await logged(engine)) == 3


@pytest.mark.parametrize("version", ["0", "-1", "2024-01-01", str(2**31)])
async def test_what_is_no_version_is_a_usage_error(told: Told, version: str) -> None:
    await told("LAMP-1", version, exits=2)


async def test_every_option_can_come_from_the_environment(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"PRODUCT": "LAMP-1", "VERSION": "2", "CATALOG": "main", "JSON": "1"}
    for name, value in options.items():
        monkeypatch.setenv(f"CATALOG_{name}", value)
    (line,) = await told()
    assert json.loads(line)["version"] == 4
