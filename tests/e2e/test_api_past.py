"""One product in time over HTTP: its states, what differs between them, its prices, its history."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from api.auth.roles import Role
from tests.auth import Service, given_user
from tests.conversation import NOBODY, PRODUCTS, Answer, Caller
from tests.poisoned import Poisoned
from tests.signing import rewritten

pytest_plugins = (
    "tests.conversation_fixtures",
    "tests.folds_fixtures",
    "tests.poisoned_fixtures",
)

LAST_YEAR = "2020-01-01T00:00:00Z"
TO_COME = "9999-01-01T00:00:00Z"
QUESTIONS = (
    "?version=1",
    f"?as_of={TO_COME}",
    "/history",
    "/diff?from=0",
    "/prices/USD/history",
    "/prices/USD/lowest",
)


def _now() -> str:
    return quote(datetime.now(UTC).isoformat())


@pytest.fixture
async def path(anna: Caller) -> str:
    """Of a lamp that was registered at 19.99, published, renamed, and is 17.99 now."""
    receipt = await anna.given(status="published")
    path = f"{PRODUCTS}/{receipt['id']}"
    (await anna.asks("PATCH", path, json={"name": "Sun"})).gives(200)
    (await anna.asks("PUT", f"{path}/prices/USD", json={"amount": 1799})).gives(200)
    return path


async def reads(anna: Caller, path: str) -> Any:  # noqa: ANN401 -- any JSON document
    return (await anna.gets(path)).gives(200).body


async def test_a_product_is_read_at_a_version(anna: Caller, path: str) -> None:
    answer = (await anna.gets(f"{path}?version=3")).gives(200)
    assert (answer.body["name"], answer.body["status"]) == ("Lamp", "published")
    assert (answer.body["version"], answer.headers["ETag"]) == (3, '"3"')
    assert answer.body["prices"] == [{"currency": "USD", "amount": 1999, "decimal": "19.99"}]
    assert answer.headers["Catalog-Position"] == "5"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    same = await anna.gets(f"{path}?version=3", {"If-None-Match": '"3"'})
    assert same.gives(304).headers["ETag"] == '"3"'


@pytest.mark.usefixtures("projecting")
async def test_its_newest_version_is_what_is_read_now(anna: Caller, path: str) -> None:
    present = await anna.reads(path, 5)
    for past in (f"{path}?version=5", f"{path}?as_of={TO_COME}", f"{path}?as_of={_now()}"):
        answer = await anna.gets(past)
        assert answer.response.content == present.response.content
        assert answer.headers["ETag"] == present.headers["ETag"]


async def test_a_product_is_read_by_its_sku_as_by_its_id(anna: Caller, path: str) -> None:
    by_sku = f"{PRODUCTS}/by-sku/LAMP-1"
    for asked in ("?version=4", f"?as_of={TO_COME}", "?version=9", f"?as_of={LAST_YEAR}"):
        by_id, named = await anna.gets(path + asked), await anna.gets(by_sku + asked)
        assert named.response.status_code == by_id.response.status_code
        if by_id.response.is_success:
            assert named.body == by_id.body
    (await anna.gets(f"{PRODUCTS}/by-sku/LAMP-2?version=1")).refused(404, "unknown-product")


async def test_what_was_written_can_be_waited_for(anna: Caller, path: str) -> None:
    answer = await anna.gets(f"{path}?version=5", {"Catalog-Min-Position": "5"})
    assert answer.gives(200).body["version"] == 5
    late = {"Catalog-Min-Position": "6", "Catalog-Wait": "1"}
    for question in QUESTIONS:
        (await anna.gets(path + question, late)).refused(503, "projection-behind")


async def test_before_its_first_event_there_was_no_product(anna: Caller, path: str) -> None:
    (await anna.gets(f"{path}?as_of={LAST_YEAR}")).refused(404, "unknown-product")


async def test_a_version_that_is_still_to_come_is_unknown(anna: Caller, path: str) -> None:
    for question in ("?version=6", "/diff?from=6", "/diff?from=1&to=6"):
        problem = (await anna.gets(path + question)).refused(404, "unknown-version")
        assert problem["current_version"] == 5


@pytest.mark.parametrize("question", QUESTIONS)
async def test_of_a_product_that_nobody_knows_nothing_is_told(anna: Caller, question: str) -> None:
    (await anna.gets(f"{PRODUCTS}/{NOBODY}{question}")).refused(404, "unknown-product")


async def test_what_differs_is_told(anna: Caller, path: str) -> None:
    told = await reads(anna, f"{path}/diff?from=3")
    assert (told["from"]["version"], told["to"]["version"]) == (3, 5)
    assert [each["field"] for each in told["changes"]] == ["name", "prices.USD"]
    assert told["changes"][0] == {"field": "name", "before": "Lamp", "after": "Sun"}

    assert await reads(anna, f"{path}/diff?from=3&to={TO_COME}") == told
    since = await reads(anna, f"{path}/diff?from={LAST_YEAR}&to=1")
    assert since["from"] == {"version": 0, "occurred_at": None}
    assert since == await reads(anna, f"{path}/diff?from=0&to=1")


async def test_prices_are_told_with_when_they_held(anna: Caller, path: str) -> None:
    told = await reads(anna, f"{path}/prices/USD/history")
    old, new = told["items"]
    assert (told["currency"], told["next_cursor"]) == ("USD", None)
    assert (old["decimal"], new["decimal"], new["until"]) == ("19.99", "17.99", None)
    assert old["until"] == new["since"]
    assert (old["version"], new["version"], new["position"]) == (2, 5, 5)
    assert new["actor"] == "anna"

    first = await reads(anna, f"{path}/prices/USD/history?limit=1")
    rest = await reads(anna, f"{path}/prices/USD/history?limit=1&cursor={first['next_cursor']}")
    assert first["items"] + rest["items"] == told["items"]
    assert rest["next_cursor"] is None
    before = await reads(anna, f"{path}/prices/USD/history?until={quote(old['since'])}")
    assert before["items"] == []


async def test_the_lowest_price_before_a_reduction_is_told(anna: Caller, path: str) -> None:
    old, new = (await reads(anna, f"{path}/prices/USD/history"))["items"]
    told = await reads(anna, f"{path}/prices/USD/lowest?at={quote(new['since'])}")
    assert (told["currency"], told["days"], told["at"]) == ("USD", 30, new["since"])
    window = datetime.fromisoformat(told["at"]) - datetime.fromisoformat(told["since"])
    assert window == timedelta(days=30)
    assert told["lowest"] == old
    assert (await reads(anna, f"{path}/prices/USD/lowest?days=1"))["lowest"] == new
    assert (await reads(anna, f"{path}/prices/EUR/lowest"))["lowest"] is None


async def test_a_history_is_of_the_events_that_are_wanted(anna: Caller, path: str) -> None:
    priced = f"{path}/history?type=PriceSet&type=PriceRemoved"
    items = (await reads(anna, priced))["items"]
    assert [item["version"] for item in items] == [2, 5]
    assert items[1]["changes"][0]["before"]["decimal"] == "19.99"
    assert not items[0]["discarded"]
    first = await reads(anna, f"{priced}&limit=1")
    rest = await reads(anna, f"{priced}&limit=1&cursor={first['next_cursor']}")
    assert first["items"] + rest["items"] == items
    other = await anna.gets(f"{path}/history?type=PriceSet&cursor={first['next_cursor']}")
    other.refused(422, "invalid-cursor")
    assert (await reads(anna, f"{path}/history?actor=bert"))["items"] == []
    assert (await reads(anna, f"{path}/history?until={LAST_YEAR}"))["items"] == []


async def test_a_process_folds_each_event_of_a_history_once(
    anna: Caller, path: str, folds: list[int]
) -> None:
    following = f"{path}/history?limit=2"
    while cursor := (await reads(anna, following))["next_cursor"]:
        following = f"{path}/history?limit=2&cursor={cursor}"
    assert folds == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("question", "parameter"),
    [
        ("?version=0", "version"),
        ("?version=-1", "version"),
        ("?version=1_0", "version"),
        (f"?version={2**31}", "version"),
        ("?version=1&version=2", "version"),
        ("?version=%00", "version"),
        (f"?version=1&as_of={TO_COME}", "as_of"),
        ("?as_of=yesterday", "as_of"),
        ("?as_of=2024-01-01", "as_of"),
        ("?as_of=2024-01-01T00:00:00", "as_of"),
        ("?as_of=9999-12-31T23:59:59-01:00", "as_of"),
        ("?as_of=", "as_of"),
        ("/diff", "from"),
        ("/diff?from=-1", "from"),
        ("/diff?from=1.0", "from"),
        ("/diff?from=%D9%A1", "from"),
        (f"/diff?from={2**31}", "from"),
        (f"/diff?from={'9' * 5000}", "from"),
        ("/diff?from=1&to=now", "to"),
        ("/diff?from=1&to=1&to=2", "to"),
        ("/prices/USD/lowest?days=0", "days"),
        ("/prices/USD/lowest?days=3651", "days"),
        ("/prices/USD/lowest?days=30.5", "days"),
        ("/prices/USD/lowest?at=30", "at"),
        ("/prices/USD/history?limit=201", "limit"),
        ("/prices/USD/history?since=2024", "since"),
        ("/prices/USD/history?cursor=!", "cursor"),
        ("/prices/usd/history", "currency"),
        ("/history?type=", "type/0"),
        ("/history?type=Price%00Set", "type/0"),
        ("/history?actor=", "actor"),
        ("/history?actor=%00", "actor"),
        ("/history?until=never", "until"),
    ],
)
async def test_what_makes_no_sense_is_pointed_at(
    anna: Caller, path: str, question: str, parameter: str
) -> None:
    problem = (await anna.gets(path + question)).refused(422, "invalid-input")
    assert [error["pointer"] for error in problem["errors"]] == [f"/{parameter}"]


async def test_an_event_that_is_missing_is_told(
    anna: Caller, path: str, engine: AsyncEngine
) -> None:
    await rewritten(engine, "events", "delete from event_store.events where version = 2")
    told = {"catalog": "main", "missing": f"version 2 of product {path.rpartition('/')[2]}"}
    for question in (
        "?version=2",
        f"?as_of={TO_COME}",
        "/diff?from=0",
        "/prices/USD/history",
        "/prices/USD/lowest",
    ):
        with capture_logs() as logs:
            problem = (await anna.gets(path + question)).refused(500, "log-damaged")
        assert problem["missing"] == told["missing"]
        assert {"event": "log_damaged", "log_level": "error", **told} in logs
    assert (await reads(anna, f"{path}?version=1"))["name"] == "Lamp"


async def test_a_currency_that_is_none_is_told(anna: Caller, path: str) -> None:
    for question in ("history", "lowest"):
        (await anna.gets(f"{path}/prices/XXX/{question}")).refused(422, "unknown-currency")


@pytest.mark.parametrize("role", ["viewer", "editor", "auditor"])
async def test_the_past_is_for_auditors(
    path: str, client: AsyncClient, engine: AsyncEngine, role: Role
) -> None:
    await given_user(engine, "bert", {"main": role})
    bert = Caller(client, await Service(client).token_of("bert"))
    for question in (*QUESTIONS, f"/../by-sku/LAMP-1?as_of={TO_COME}"):
        answer: Answer = await bert.gets((path + question).replace(f"{path}/..", PRODUCTS))
        if role == "auditor":
            answer.gives(200)
        else:
            answer.refused(403, "forbidden")


@pytest.mark.parametrize("question", QUESTIONS)
async def test_another_catalog_is_not_revealed(
    path: str, client: AsyncClient, engine: AsyncEngine, question: str
) -> None:
    await given_user(engine, "bert", {"outlet": "auditor"})
    bert = Caller(client, await Service(client).token_of("bert"))
    for key in ("main", "no-such-catalog"):
        answer = await bert.gets(path.replace("main", key) + question)
        answer.refused(404, "unknown-catalog")


async def test_what_can_t_be_read_is_refused_and_no_wrong_past_told(
    anna: Caller, lamp: Poisoned
) -> None:
    for question in (*QUESTIONS[3:], "?version=3", f"?as_of={TO_COME}"):
        problem = (await anna.gets(lamp.path + question)).refused(409, "unreadable-stream")
        assert (problem["position"], problem["event_version"]) == (lamp.position, 3)
    assert (await reads(anna, f"{lamp.path}?version=2"))["version"] == 2
    assert (await reads(anna, f"{lamp.path}/diff?from=0&to=2"))["to"]["version"] == 2
