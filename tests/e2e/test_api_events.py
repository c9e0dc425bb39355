"""The whole log, page by page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from queries.audit import events
from tests.auth import Service, given_user
from tests.conversation import NOBODY, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)

EVENTS = "/v1/catalogs/main/events"


async def page(caller: Caller, **parameters: object) -> dict[str, Any]:
    asked = urlencode(parameters, doseq=True)
    answer = (await caller.gets(f"{EVENTS}?{asked}")).gives(200)
    body: dict[str, Any] = answer.body
    return body


def positions(body: Mapping[str, Any]) -> list[int]:
    return [item["position"] for item in body["items"]]


async def test_the_log_is_told_in_order_page_by_page(anna: Caller) -> None:
    for number in range(3):
        await anna.given(sku=f"LAMP-{number}")

    first = await page(anna, limit=4)
    second = await page(anna, limit=4, after=first["next_after"])

    assert positions(first) == [1, 2, 3, 4]
    assert first["next_after"] == 4
    assert positions(second) == [5, 6]
    assert second["next_after"] is None
    assert positions(await page(anna, after=6)) == []


async def test_an_answer_says_which_position_it_reflects(anna: Caller) -> None:
    receipt = await anna.given()

    answer = (await anna.gets(EVENTS, {"Catalog-Min-Position": str(receipt["position"])})).gives(
        200
    )

    assert answer.headers["Catalog-Position"] == str(receipt["position"])
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Accept" in answer.headers["Vary"].split(", ")
    again = await anna.gets(EVENTS, {"If-None-Match": answer.headers["ETag"]})
    again.gives(304)


async def test_items_are_those_of_the_products_histories(anna: Caller) -> None:
    lamp, desk = await anna.given(), await anna.given(sku="DESK-1")
    (await anna.asks("PATCH", f"{PRODUCTS}/{lamp['id']}", json={"name": "Sun"})).gives(200)
    histories = [
        item
        for product in (lamp, desk)
        for item in (await anna.gets(f"{PRODUCTS}/{product['id']}/history"))
        .gives(200)
        .body["items"]
    ]

    told = await page(anna)

    assert told["items"] == sorted(histories, key=lambda item: item["position"])
    last = told["items"][-1]
    assert (last["product_id"], last["sku"], last["type"]) == (
        lamp["id"],
        "LAMP-1",
        "ProductRenamed",
    )
    assert last["changes"] == [{"field": "name", "before": "Lamp", "after": "Sun"}]
    assert [await page(anna, after=each - 1, limit=1) for each in positions(told)] == [
        {"items": [item], "next_after": item["position"] if item is not last else None}
        for item in told["items"]
    ]


async def test_filters_leave_out_what_is_not_asked_for(
    anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    await given_user(engine, "bert", {"main": "editor"})
    bert = Caller(client, await Service(client).token_of("bert"))
    lamp, desk = await anna.given(), await bert.given(sku="DESK-1")
    (await bert.asks("PATCH", f"{PRODUCTS}/{lamp['id']}", json={"name": "Sun"})).gives(200)

    assert positions(await page(anna, actor="bert")) == [3, 4, 5]
    assert positions(await page(anna, type="PriceSet")) == [2, 4]
    assert positions(await page(anna, type=["PriceSet", "ProductRenamed"], after=2)) == [4, 5]
    assert positions(await page(anna, product=lamp["id"])) == [1, 2, 5]
    assert positions(await page(anna, product=desk["id"], type="PriceSet", actor="bert")) == [4]
    assert positions(await page(anna, product=NOBODY)) == []
    moment = (await page(anna))["items"][2]["occurred_at"]
    assert positions(await page(anna, since=moment)) == [3, 4, 5]
    assert positions(await page(anna, until=moment)) == [1, 2]
    assert (await page(anna, actor="bert"))["items"] == (await page(anna))["items"][2:]


async def test_a_request_looks_at_a_bounded_part_of_the_log(
    anna: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "WINDOW", 2)
    receipts = [await anna.given(sku=f"LAMP-{number}") for number in range(2)]

    first = await page(anna, actor="nobody")
    second = await page(anna, actor="nobody", after=first["next_after"])

    assert (first, second) == ({"items": [], "next_after": 2}, {"items": [], "next_after": None})
    assert positions(await page(anna, product=receipts[1]["id"])) == [3, 4]


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=9223372036854775808",
        "after=1_0",
        "after=",
        "after=1&after=2",
        "limit=0",
        "limit=201",
        "type=",
        "type=Price%20Set",
        "type=PriceSet%0Adata:",
        "&".join(f"type=T{'x' * number}" for number in range(51)),
        "actor=",
        "actor=%00",
        f"actor={'a' * 256}",
        "actor=anna&actor=bert",
        "product=LAMP-1",
        "since=yesterday",
        "since=2024-05-01T12:00:00",
        "until=0001-01-01T00:00:00%2B23:59",
        "before=3",
    ],
)
async def test_what_no_page_knows_is_refused(anna: Caller, query: str) -> None:
    for headers in ({}, {"Accept": "text/event-stream"}):
        (await anna.gets(f"{EVENTS}?{query}", headers)).refused(422, "invalid-input")


@pytest.mark.parametrize(
    "given", ["-1", "+1", "x", " ", "1 2", "9223372036854775808", "٣".encode()]
)
async def test_a_position_to_resume_at_is_written_in_digits(
    anna: Caller, given: str | bytes
) -> None:
    headers = {"Last-Event-ID": given.encode() if isinstance(given, str) else given}
    for accept in (b"application/json", b"text/event-stream"):
        answer = await anna.gets(EVENTS, headers | {"Accept": accept})
        (error,) = answer.refused(422, "invalid-input")["errors"]
        assert (error["in"], error["pointer"]) == ("header", "/Last-Event-ID")


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
async def test_the_log_is_for_auditors(
    anna: Caller, client: AsyncClient, engine: AsyncEngine, accept: str
) -> None:
    await given_user(engine, "bert", {"main": "viewer"})
    await given_user(engine, "carl", {"main": "auditor"})
    headers = {"Accept": accept}
    bert = Caller(client, await Service(client).token_of("bert"))
    carl = Caller(client, await Service(client).token_of("carl"))

    (await Caller(client).gets(EVENTS, headers)).refused(401, "unauthenticated")
    (await bert.gets(EVENTS, headers)).refused(403, "forbidden")
    elsewhere = EVENTS.replace("main", "outlet")
    (await carl.gets(elsewhere, headers)).refused(404, "unknown-catalog")
    (await anna.gets(elsewhere, headers)).refused(404, "unknown-catalog")
    (await carl.gets(EVENTS)).gives(200)
