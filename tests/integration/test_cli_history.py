"""`catalog history`: a product's history in a terminal, and for programs."""

import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from cli import logged
from cli.printer import NOTHING
from events import product as facts
from events.append import Append
from events.codec import encode
from tests.appends import appended, taking
from tests.given import DESK, LAMP, Log, opened, registered
from tests.told import Told

MONDAY = datetime(2024, 1, 1, 9, 30, tzinfo=UTC)
TUESDAY = datetime(2024, 1, 2, tzinfo=UTC)
NASTY = "\x1b]0;gotcha\x07Lamp\x1b[2J\u202e\x9b31m 灯"
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


async def given(
    engine: AsyncEngine, *events: facts.ProductEvent, actor: str, on: datetime | None
) -> None:
    append = Append(
        stream_id=LAMP,
        events=[encode(event) for event in events],
        actor=actor,
        correlation_id="r-1",
        causation_id="position:1" if actor == "anna" else None,
        occurred_at=on,
        claims=taking("LAMP-1"),
    )
    await appended(engine, append)


@pytest.fixture(autouse=True)
async def lamp(engine: AsyncEngine) -> None:
    await given(engine, registered, actor="feed:acme", on=MONDAY)
    price = facts.PriceSet(currency="EUR", amount=1999)
    await given(engine, price, facts.ProductPublished(), actor="anna", on=TUESDAY)
    await given(engine, facts.PriceSet(currency="EUR", amount=5), actor="bert", on=None)


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch, database_url: str, capfd: pytest.CaptureFixture[str]
) -> Told:
    return Told(monkeypatch, database_url, capfd, "history")


async def test_it_is_a_timeline_that_people_can_read(told: Told) -> None:
    lines = await told("LAMP-1")
    assert lines[:4] == [
        "2024-01-01 09:30:00Z  #1  LAMP-1 v1  ProductRegistered  by feed:acme",
        "    sku: LAMP-1",
        "    name: Lamp",
        "    status: draft",
    ]
    assert re.fullmatch(r"    recorded 20\S+ \S+Z, in request r-1", lines[4])
    assert lines[5:7] == [
        "2024-01-02 00:00:00Z  #2  LAMP-1 v2  PriceSet  by anna",
        "    prices.EUR: 19.99 EUR",
    ]
    assert lines[7].endswith("in request r-1, caused by position:1")
    assert lines[-2:] == ["    prices.EUR: 19.99 EUR → 0.05 EUR", "    in request r-1"]


async def test_for_programs_it_is_an_item_a_line(told: Told) -> None:
    items = [json.loads(line) for line in await told(str(LAMP), "--json")]
    assert [item["version"] for item in items] == [1, 2, 3, 4]
    assert items[2]["changes"] == [{"field": "status", "before": "draft", "after": "published"}]
    assert (items[0]["actor"], items[0]["discarded"]) == ("feed:acme", False)


@pytest.mark.parametrize(
    ("options", "versions"),
    [
        (["--since", "2024-01-02"], [2, 3, 4]),
        (["--until", "2024-01-02"], [1]),
        (["--since", "2024-01-01T10:30:00+01:00", "--until", "2024-01-01T09:30:00.1Z"], [1]),
        (["--actor", "anna"], [2, 3]),
        (["--type", "PriceSet"], [2, 4]),
        (["--type", "PriceSet", "--type", "ProductPublished", "--limit", "2"], [2, 3]),
        (["--limit", "9"], [1, 2, 3, 4]),
        (["--type", "Unheard"], []),
        (["--since", "2024-01-02", "--until", "2024-01-02"], []),
    ],
)
async def test_events_are_selected(told: Told, options: list[str], versions: list[int]) -> None:
    lines = await told("LAMP-1", "--json", *options)
    assert [json.loads(line)["version"] for line in lines] == versions
    assert (NOTHING in told.complaints) == (versions == [])


async def test_a_type_that_nobody_writes_is_told(told: Told) -> None:
    assert await told("LAMP-1", "--type", "Unheard\x1b[2J") == []
    assert told.complaints[0].startswith(r"catalog: Unheard\x1b[2J is no event that this release")


async def test_long_histories_are_told_to_their_end(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logged, "AT_ONCE", 2)
    for options, count in (((), 4), (("--limit", "3"), 3)):
        assert len(await told("LAMP-1", "--json", *options)) == count


@pytest.mark.parametrize("terminal", [False, True])
async def test_nothing_in_a_log_commands_the_terminal(
    told: Told, engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, *, terminal: bool
) -> None:
    monkeypatch.setenv("FORCE_COLOR" if terminal else "NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    await given(engine, facts.ProductRenamed(name=NASTY), actor="\x1b[5mmallory", on=None)
    text = "\n".join(await told("LAMP-1"))
    plain = COLOURS.sub("", text)
    assert all(each.isprintable() or each == "\n" for each in plain)
    assert r"\x1b]0;gotcha\x07Lamp\x1b[2J\u202e\x9b31m 灯" in plain
    assert r"by \x1b[5mmallory" in plain
    assert (plain != text) is terminal


async def test_other_catalogs_have_products_of_their_own(told: Told, engine: AsyncEngine) -> None:
    await (await opened(engine, "outlet")).given(DESK, registered)
    (item,) = await told(str(DESK), "--catalog", "outlet", "--json")
    assert json.loads(item)["product_id"] == str(DESK)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["DESK-1"], "Catalog main has no product with the SKU or the id DESK-1."),
        ([str(DESK)], f"Catalog main has no product with the SKU or the id {DESK}."),
        (["LAMP-1", "--catalog", "outlet"], "There is no catalog outlet: open it with"),
    ],
)
async def test_what_is_not_there_is_told(told: Told, arguments: list[str], said: str) -> None:
    (line,) = await told(*arguments, exits=1)
    assert line.startswith(f"catalog: {said}")


@pytest.mark.parametrize(
    "options", [["--since", "20240101"], ["--limit", "0"], ["--until", "2024-13-01"], ["more"]]
)
async def test_what_makes_no_sense_is_a_usage_error(told: Told, options: list[str]) -> None:
    await told("LAMP-1", *options, exits=2)


async def test_every_option_can_come_from_the_environment(
    told: Told, monkeypatch: pytest.MonkeyPatch, engine: AsyncEngine
) -> None:
    await Log(engine).given(LAMP, facts.ProductUnpublished())
    options = {
        "PRODUCT": "LAMP-1",
        "TYPE": "PriceSet ProductPublished",
        "ACTOR": "anna",
        "SINCE": "2024-01-02",
        "UNTIL": "2024-01-03",
        "LIMIT": "1",
        "CATALOG": "main",
        "JSON": "1",
    }
    for name, value in options.items():
        monkeypatch.setenv(f"CATALOG_{name}", value)
    (item,) = await told()
    assert json.loads(item)["version"] == 2
