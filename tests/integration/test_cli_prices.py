"""`catalog prices`: which price held when, and the lowest before a reduction."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.printer import NOTHING
from events.product import PriceSet, ProductArchived
from tests.given import DESK, LAMP, Log, registered
from tests.told import Told

JANUARY = datetime(2024, 1, 1, tzinfo=UTC)
FEBRUARY = datetime(2024, 2, 1, tzinfo=UTC)
MARCH = datetime(2024, 3, 1, tzinfo=UTC)
OF_LAMP = str(LAMP)


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch, database_url: str, capfd: pytest.CaptureFixture[str]
) -> Told:
    return Told(monkeypatch, database_url, capfd, "prices")


@pytest.fixture(autouse=True)
async def lamp(engine: AsyncEngine) -> None:
    """19.99 in January, 14.99 in February, and no more from March on."""
    log = Log(engine)
    await log.given(LAMP, registered, price(1999), occurred_at=JANUARY)
    await log.given(LAMP, price(1499), occurred_at=FEBRUARY)
    await log.given(LAMP, ProductArchived(reason=None), occurred_at=MARCH)


def price(amount: int) -> PriceSet:
    return PriceSet(currency="EUR", amount=amount)


async def test_each_price_is_a_line_with_all_of_its_time(told: Told) -> None:
    header, *lines = await told(OF_LAMP, "EUR")
    assert header.split() == ["Since", "Until", "Price", "Version", "Position", "By"]
    assert [line.split() for line in lines] == [
        ["2024-01-01", "00:00:00Z", "2024-02-01", "00:00:00Z", "19.99", "EUR", "2", "2", "tests"],
        ["2024-02-01", "00:00:00Z", "2024-03-01", "00:00:00Z", "14.99", "EUR", "3", "3", "tests"],
    ]


@pytest.mark.parametrize(
    ("arguments", "amounts"),
    [
        ([], [1999, 1499]),
        (["--since", "2024-02-01"], [1499]),
        (["--until", "2024-02-01"], [1999]),
        (["--since", "2024-01-15", "--until", "2024-01-16"], [1999]),
        (["--since", "2024-03-01"], []),
    ],
)
async def test_those_are_told_that_held_in_a_range(
    told: Told, arguments: list[str], amounts: list[int]
) -> None:
    lines = await told(OF_LAMP, "EUR", "--json", *arguments)
    assert [json.loads(line)["amount"] for line in lines] == amounts


async def test_where_no_price_held_that_is_told(told: Told) -> None:
    assert await told(OF_LAMP, "USD", "--json") == []
    assert told.complaints == [NOTHING]


@pytest.mark.parametrize(
    ("arguments", "amount", "since"),
    [
        (["--at", "2024-02-15"], 1499, "2024-01-16T00:00:00Z"),
        (["--at", "2024-02-01"], 1999, "2024-01-02T00:00:00Z"),
        (["--at", "2024-03-31"], None, "2024-03-01T00:00:00Z"),
        (["--at", "2024-03-31", "--days", "31"], 1499, "2024-02-29T00:00:00Z"),
    ],
)
async def test_the_lowest_is_of_the_days_before_a_moment(
    told: Told, arguments: list[str], amount: int | None, since: str
) -> None:
    (line,) = await told(OF_LAMP, "EUR", "--lowest", "--json", *arguments)
    found = json.loads(line)
    assert found["since"] == since
    assert (found["lowest"] or {"amount": None})["amount"] == amount


async def test_the_lowest_is_told_with_the_event_that_it_began_with(told: Told) -> None:
    assert await told(OF_LAMP, "EUR", "--lowest", "--at", "2024-02-15") == [
        "lowest from 2024-01-16 00:00:00Z until 2024-02-15 00:00:00Z: 14.99 EUR",
        "    since 2024-02-01 00:00:00Z, until 2024-03-01 00:00:00Z  v3  #3  by tests",
    ]
    (line,) = await told(OF_LAMP, "EUR", "--lowest")
    assert line.startswith("no price in EUR held from 20")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["LAMP-2", "EUR"], "Catalog main has no product with the SKU or the id LAMP-2."),
        (
            [str(DESK), "EUR", "--lowest"],
            f"Catalog main has no product with the SKU or the id {DESK}",
        ),
        ([OF_LAMP, "EUR", "--catalog", "outlet"], "There is no catalog outlet"),
    ],
)
async def test_what_is_not_there_is_told(told: Told, arguments: list[str], said: str) -> None:
    (line,) = await told(*arguments, exits=1)
    assert line.startswith(f"catalog: {said}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["XAU"],
        ["eur"],
        ["EUR", "--days", "3"],
        ["EUR", "--at", "2024-01-01"],
        ["EUR", "--lowest", "--since", "2024-01-01"],
        ["EUR", "--lowest", "--days", "0"],
        ["EUR", "--since", "3"],
    ],
)
async def test_what_makes_no_sense_is_a_usage_error(told: Told, arguments: list[str]) -> None:
    await told(OF_LAMP, *arguments, exits=2)


async def test_every_option_can_come_from_the_environment(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = {
        "PRODUCT": OF_LAMP,
        "CURRENCY": "EUR",
        "LOWEST": "1",
        "DAYS": "31",
        "AT": "2024-03-31",
        "CATALOG": "main",
        "JSON": "1",
    }
    for name, value in options.items():
        monkeypatch.setenv(f"CATALOG_{name}", value)
    (found,) = await told()
    assert json.loads(found)["lowest"]["amount"] == 1499
