"""Whoever reads the audit part is recorded, before he has his answer."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from asyncpg import Record
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Role
from api.auth.tables import LONGEST
from api.main import create_app
from api.settings import Settings
from events.database import driver
from tests.auditing import audits, operations
from tests.auth import Service, given_user
from tests.conversation import NOBODY, PRODUCTS, Caller
from tests.holding import held
from tests.lifespan import alive
from tests.proxy import Proxy, proxy
from tests.serving import served
from tests.signing import signed

pytest_plugins = ("tests.conversation_fixtures",)

AUDIT = "/v1/catalogs/main/audit"
READS = f"{AUDIT}/reads"
CHECKPOINT = f"{AUDIT}/checkpoint"
HISTORY = f"{PRODUCTS}/{NOBODY}/history"


async def recorded(engine: AsyncEngine) -> Sequence[Record]:
    async with driver(engine) as connection:
        return await connection.fetch("select * from access.audit_reads order by recorded_at")


async def caller(client: AsyncClient, engine: AsyncEngine, role: Role) -> Caller:
    await given_user(engine, "bert", {"main": role})
    return Caller(client, await Service(client).token_of("bert"))


async def test_every_operation_of_the_audit_part_is_recorded(
    anna: Caller, app: FastAPI, engine: AsyncEngine
) -> None:
    paths = app.openapi()["paths"].values()
    assert {*operations()} == {each["operationId"] for path in paths for each in path.values()}
    asked = audits()
    assert {"get_history", "get_events", "prove_inclusion", "list_audit_reads"} <= {*asked}
    for each in asked.values():
        await anna.gets(each)
    assert [each["operation"] for each in await recorded(engine)] == [*asked]


@pytest.mark.usefixtures("projecting")
@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("", "list_products"),
        ("/{id}", "get_product"),
        ("/by-sku/{sku}", "get_product_by_sku"),
    ],
)
async def test_who_asks_for_the_past_is_recorded_and_who_asks_for_the_present_is_not(
    path: str, operation: str, anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    receipt = await anna.given()
    asked = PRODUCTS + path.format_map(receipt)
    await anna.reads(asked, receipt["position"])
    assert not await recorded(engine)

    past = f"{asked}?as_of={_written(datetime.now(UTC))}"
    (await anna.gets(past)).gives(200)
    viewer = await caller(client, engine, "viewer")
    (await viewer.gets(asked)).gives(200)
    (await viewer.gets(past)).refused(403, "forbidden")

    [row] = await recorded(engine)
    assert (row["actor"], row["operation"], row["path"]) == ("anna", operation, asked)


async def test_what_is_recorded_is_who_asked_what_when_and_from_where(
    anna: Caller, engine: AsyncEngine
) -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    await anna.gets(f"{HISTORY}?limit=7", {"X-Request-ID": "why-1"})
    (row,) = await recorded(engine)
    assert began < row["recorded_at"] < began + timedelta(minutes=2)
    assert {name: row[name] for name in ("catalog_id", "actor", "operation", "path", "query")} == {
        "catalog_id": "main",
        "actor": "anna",
        "operation": "get_history",
        "path": HISTORY,
        "query": "limit=7",
    }
    assert (row["correlation_id"], row["client"]) == ("why-1", "127.0.0.1")


@pytest.mark.parametrize(
    "sent",
    [
        "limit=1&cursor=%00",
        "type='; drop table access.audit_reads --",
        "actor=" + "%61" * 255,
        "limit=1".ljust(LONGEST["query"], "&"),
    ],
)
async def test_odd_and_long_requests_are_recorded_whole(
    sent: str, anna: Caller, engine: AsyncEngine
) -> None:
    answer = await anna.gets(f"{HISTORY}?{sent}")
    assert answer.response.status_code in {404, 422}
    [row] = await recorded(engine)
    assert row["query"] == answer.response.request.url.query.decode()


@pytest.mark.parametrize(
    ("path", "query", "place"),
    [
        (HISTORY, "limit=1".ljust(LONGEST["query"] + 1, "&"), "query"),
        (HISTORY, "&" * LONGEST["query"] + "limit=1", "query"),
        ("/v1/catalogs/main/events", "after=" + "0" * LONGEST["query"], "query"),
        (f"{PRODUCTS}/by-sku/LAMP-1", "&" * LONGEST["query"] + "version=1", "query"),
        (PRODUCTS, "&" * LONGEST["query"] + "as_of=2024-01-01T00:00:00Z", "query"),
        (f"{PRODUCTS}/" + "%4C" * LONGEST["path"] + "/history", "", "path"),
    ],
)
async def test_what_is_too_long_to_be_recorded_is_not_answered(
    path: str, query: str, place: str, anna: Caller, engine: AsyncEngine
) -> None:
    refusal = (await anna.gets(f"{path}?{query}")).refused(422, "invalid-input")
    assert place in {each["in"] for each in refusal["errors"]}
    assert not await recorded(engine)


@pytest.mark.parametrize(
    ("query", "headers", "following"),
    [
        ("", {}, None),
        ("after=3", {"Last-Event-ID": "5"}, None),
        ("", {"Accept": "text/event-stream"}, 0),
        ("after=3", {"Accept": "text/event-stream"}, 3),
        ("after=3", {"Accept": "text/event-stream", "Last-Event-ID": "5"}, 5),
    ],
)
async def test_a_stream_is_told_from_a_page_and_where_it_began(
    query: str, headers: dict[str, str], following: int | None, anna: Caller, app: FastAPI
) -> None:
    for number in range(3):
        await anna.given(sku=f"LAMP-{number}")
    async with served(app) as address, AsyncClient(base_url=address) as http:
        there = Caller(http, anna.token)
        (await there.asks("HEAD", f"/v1/catalogs/main/events?{query}", headers=headers)).gives(200)
    _, read = (await anna.gets(READS)).gives(200).body["items"]
    assert (read["operation"], read["following"]) == ("get_events", following)


@pytest.mark.parametrize("role", ["viewer", "editor"])
async def test_who_may_not_audit_is_refused_and_leaves_no_record(
    role: Role, anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    assert anna
    bert = await caller(client, engine, role)
    (await bert.gets(HISTORY)).refused(403, "forbidden")
    (await bert.gets(HISTORY.replace("main", "outlet"))).refused(404, "unknown-catalog")
    assert not await recorded(engine)


async def test_an_auditor_does_not_read_who_reads(
    anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    assert anna
    bert = await caller(client, engine, "auditor")
    (await bert.gets(CHECKPOINT)).refused(404, "no-checkpoint")
    (await bert.gets(READS)).refused(403, "forbidden")
    assert [each["actor"] for each in await recorded(engine)] == ["bert"]


async def test_an_administrator_reads_the_newest_first_and_is_recorded_himself(
    anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    bert = await caller(client, engine, "auditor")
    await bert.gets(HISTORY)
    await anna.gets(CHECKPOINT)

    items = (await anna.gets(READS)).gives(200).body["items"]

    asked = [(each["actor"], each["operation"]) for each in items]
    assert asked == [
        ("anna", "list_audit_reads"),
        ("anna", "get_checkpoint"),
        ("bert", "get_history"),
    ]
    assert items[-1]["path"] == HISTORY
    assert {*items[0]} == {
        *("recorded_at", "actor", "operation", "path", "query", "following"),
        *("correlation_id", "client"),
    }


async def test_reads_are_found_by_who_and_when(anna: Caller, engine: AsyncEngine) -> None:
    await anna.gets(HISTORY)
    await anna.gets(CHECKPOINT)
    first, second = [_written(each["recorded_at"]) for each in await recorded(engine)]

    async def found(**asked: str) -> list[str]:
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        items = (await anna.gets(f"{READS}?{query}")).gives(200).body["items"]
        return [each["operation"] for each in items if each["operation"] != "list_audit_reads"]

    assert await found(actor="anna") == ["get_checkpoint", "get_history"]
    assert await found(actor="bert") == []
    assert await found(until=second) == ["get_history"]
    assert await found(since=second) == ["get_checkpoint"]
    assert await found(since=first, until=second) == ["get_history"]
    assert await found(actor="anna", since=first, until=second) == ["get_history"]


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


async def test_pages_follow_one_another_and_cursors_are_of_one_list_alone(
    anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    bert = await caller(client, engine, "auditor")
    sent = [str(uuid4()) for _ in range(5)]
    for each in sent:
        await bert.gets(HISTORY, {"X-Request-ID": each})
    asked = f"{READS}?actor=bert&limit=2"
    seen: list[str] = []
    cursor = ""
    pages = 0
    while pages == 0 or cursor:
        page: dict[str, Any] = (await anna.gets(asked + cursor)).gives(200).body
        seen += [each["correlation_id"] for each in page["items"]]
        pages += 1
        cursor = f"&cursor={page['next_cursor']}" if page["next_cursor"] else ""
        other = asked.replace("bert", "anna")
        if cursor:
            (await anna.gets(other + cursor)).refused(422, "invalid-cursor")
    assert (seen, pages) == (sent[::-1], 3)


@pytest.mark.parametrize("asked", ["since=yesterday", "actor=%20", "limit=0", "x=1"])
async def test_what_the_list_does_not_take_is_refused(asked: str, anna: Caller) -> None:
    (await anna.gets(f"{READS}?{asked}")).refused(422, "invalid-input")


@pytest.fixture
async def way_to_primary(database_url: str) -> AsyncIterator[Proxy]:
    async with proxy(database_url) as made:
        yield made


@asynccontextmanager
async def at_a_process(settings: Settings, anna: Caller) -> AsyncIterator[Caller]:
    async with (
        alive(create_app(settings)) as living,
        AsyncClient(transport=ASGITransport(living), base_url="http://catalog.test") as http,
    ):
        yield Caller(http, anna.token)


async def test_without_the_primary_nobody_audits_although_a_replica_could_answer(
    anna: Caller,
    engine: AsyncEngine,
    settings: Settings,
    way_to_primary: Proxy,
    database_url: str,
) -> None:
    await anna.given()
    await signed(engine)
    primary, replica = SecretStr(way_to_primary.url), SecretStr(database_url)
    apart = settings.model_copy(update={"database_url": primary, "query_database_url": replica})
    async with at_a_process(apart, anna) as there:
        (await there.gets(CHECKPOINT)).gives(200)
        await way_to_primary.stop()

        refused = await there.gets(CHECKPOINT)

        refused.refused(503, "database-unavailable")
        assert refused.headers["Retry-After"]


async def test_what_can_t_be_recorded_is_not_answered(anna: Caller, engine: AsyncEngine) -> None:
    await anna.given()
    await signed(engine)
    async with held(engine, "lock table access.audit_reads"):
        (await anna.gets(CHECKPOINT)).refused(503, "database-unavailable")
    assert not await recorded(engine)
