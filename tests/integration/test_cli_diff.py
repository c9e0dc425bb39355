"""`catalog diff`: what differs between two places of a product's history."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.product import PriceSet, ProductRenamed
from tests.given import DESK, LAMP, Log, opened, registered
from tests.told import Told

MONDAY = datetime(2024, 1, 1, 9, 30, tzinfo=UTC)
TUESDAY = datetime(2024, 1, 2, tzinfo=UTC)
OF_LAMP = str(LAMP)


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch, database_url: str, capfd: pytest.CaptureFixture[str]
) -> Told:
    return Told(monkeypatch, database_url, capfd, "diff")


@pytest.fixture(autouse=True)
async def lamp(engine: AsyncEngine) -> None:
    log = Log(engine)
    price = PriceSet(currency="EUR", amount=1999)
    await log.given(LAMP, registered, price, occurred_at=MONDAY)
    await log.given(LAMP, ProductRenamed(name="\x1b[2JSun"), occurred_at=TUESDAY)


async def test_by_itself_it_tells_the_newest_change(told: Told) -> None:
    assert await told(OF_LAMP) == [
        f"{OF_LAMP}  v2 (2024-01-01 09:30:00Z) → v3 (2024-01-02 00:00:00Z)",
        r"    name: Lamp → \x1b[2JSun",
    ]


@pytest.mark.parametrize(
    ("ends", "versions"),
    [
        (["--to", "2"], (1, 2)),
        (["--from", "0"], (0, 3)),
        (["--from", "3", "--to", "1"], (3, 1)),
        (["--from", "1", "--to", "1"], (1, 1)),
        (["--to", "0"], (0, 0)),
        (["--to", "2024-01-01T09:30:00Z"], (1, 2)),
        (["--from", "2024-01-01T09:29:59Z"], (0, 3)),
        (["--from", "2024-01-01", "--to", "2024-01-02"], (0, 3)),
    ],
)
async def test_an_end_is_a_version_or_a_moment(
    told: Told, ends: list[str], versions: tuple[int, int]
) -> None:
    (line,) = await told(OF_LAMP, "--json", *ends)
    found = json.loads(line)
    assert (found["from"]["version"], found["to"]["version"]) == versions


async def test_before_the_first_event_there_was_nothing(told: Told) -> None:
    lines = await told(OF_LAMP, "--to", "1")
    assert lines[0].endswith("  v0 → v1 (2024-01-01 09:30:00Z)")
    assert lines[1:] == ["    sku: LAMP-1", "    name: Lamp", "    status: draft"]


async def test_other_catalogs_have_products_of_their_own(told: Told, engine: AsyncEngine) -> None:
    await (await opened(engine, "outlet")).given(DESK, registered)
    (found,) = await told(str(DESK), "--catalog", "outlet", "--json")
    assert json.loads(found)["to"]["version"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["LAMP-2"], "Catalog main has no product with the SKU or the id LAMP-2."),
        ([OF_LAMP, "--catalog", "outlet"], "There is no catalog outlet"),
        ([OF_LAMP, "--from", "4"], "The product has no such version yet"),
        ([OF_LAMP, "--to", "99999999999"], "The product has no such version yet"),
    ],
)
async def test_what_is_not_there_is_told(told: Told, arguments: list[str], said: str) -> None:
    (line,) = await told(*arguments, exits=1)
    assert line.startswith(f"catalog: {said}")


async def test_the_newest_version_is_told_to_who_asks_for_a_later_one(told: Told) -> None:
    (line,) = await told(OF_LAMP, "--to", "4", exits=1)
    assert line.endswith("(current_version: 3)")


@pytest.mark.parametrize("options", [["--from", "-1"], ["--to", "newest"], ["more"]])
async def test_what_makes_no_sense_is_a_usage_error(told: Told, options: list[str]) -> None:
    await told(OF_LAMP, *options, exits=2)


async def test_every_option_can_come_from_the_environment(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {"PRODUCT": OF_LAMP, "FROM": "1", "TO": "2024-01-01T10:00:00Z", "JSON": "1"}
    for name, value in options.items():
        monkeypatch.setenv(f"CATALOG_{name}", value)
    (found,) = await told()
    assert [change["field"] for change in json.loads(found)["changes"]] == ["prices.EUR"]
