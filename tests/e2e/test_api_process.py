"""What surrounds every answer: origins, request ids, metrics, logs, and the two sides."""

import json

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api import logs
from api.main import create_app
from api.settings import Settings, Side
from tests.conversation import LAMP, NOBODY, PRODUCTS, Caller
from tests.lifespan import alive

pytest_plugins = ("tests.conversation_fixtures", "tests.log_fixtures")

SHOP = "https://shop.example"


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings.model_copy(update={"cors_origins": [SHOP]}))


async def preflight(caller: Caller, origin: str) -> int:
    headers = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    asked = {"Access-Control-Request-Headers": "Authorization, If-Match"}
    answer = await caller.asks("OPTIONS", PRODUCTS, headers=headers | asked)
    assert answer.headers.get("Access-Control-Allow-Origin") in {None, origin}
    return answer.response.status_code


async def test_browsers_may_call_from_the_origins_that_are_set(anna: Caller) -> None:
    assert await preflight(anna, SHOP) == 200
    assert await preflight(anna, "https://elsewhere.example") == 400

    answer = (await anna.gets(PRODUCTS, {"Origin": SHOP})).gives(200)
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert {"ETag", "Catalog-Position", "Location", "X-Request-ID"} <= set(exposed)
    refused = await anna.gets("/nothing", {"Origin": SHOP})
    assert refused.headers["Access-Control-Allow-Origin"] == SHOP
    elsewhere = (await anna.gets(PRODUCTS, {"Origin": "https://elsewhere.example"})).gives(200)
    assert "Access-Control-Allow-Origin" not in elsewhere.headers


async def test_a_well_formed_request_id_is_kept(anna: Caller) -> None:
    answer = await anna.gets("/nothing", {"X-Request-ID": "order-7:1"})

    assert answer.refused(404, "not-found")["request_id"] == "order-7:1"


@pytest.mark.parametrize("given", [b"", b"a b", b"\xff", b"x" * 129, b'"}'])
async def test_another_request_id_is_replaced(anna: Caller, given: bytes) -> None:
    answer = await anna.gets("/health/live", {"X-Request-ID": given})

    assert len(answer.headers["X-Request-ID"]) == 32


async def test_the_sides_share_no_series(anna: Caller) -> None:
    await anna.given()
    (await anna.gets(PRODUCTS)).gives(200)

    answer = (await anna.gets("/metrics")).gives(200)

    assert answer.headers["Content-Type"].startswith("text/plain")
    lines = answer.response.text.splitlines()
    for operation, ours, theirs in (
        ("register_product", "catalog_command_", "catalog_query_"),
        ("list_products", "catalog_query_", "catalog_command_"),
    ):
        counted = [line for line in lines if f'operation="{operation}"' in line]
        assert any(line.startswith(f"{ours}requests_total") for line in counted)
        assert not any(line.startswith(theirs) for line in counted)
    for side, of in (("command", "database"), ("query", "query_database")):
        assert f'catalog_{side}_pool_connections{{of="{of}",state="limit"}} 10.0' in lines


@pytest.mark.parametrize(
    ("side", "write", "read"), [("commands", 401, 405), ("queries", 405, 401), ("all", 401, 401)]
)
async def test_a_side_answers_to_its_own_operations(
    settings: Settings, side: Side, write: int, read: int
) -> None:
    app = create_app(settings.model_copy(update={"side": side}))
    async with (
        alive(app) as living,
        AsyncClient(transport=ASGITransport(living), base_url="http://catalog.test") as http,
    ):
        path = f"{PRODUCTS}/{NOBODY}"
        assert (await http.patch(path, json={})).status_code == write
        assert (await http.get(path)).status_code == read
        assert (await http.get("/health/ready")).status_code == 200
        paths = (await http.get("/openapi.json")).json()["paths"]
        assert ("/v1/auth/token" in paths) == (side != "queries")


@pytest.mark.usefixtures("logs_as_before_afterwards")
async def test_a_failure_tells_its_caller_nothing_and_the_logs_no_secret(
    anna: Caller, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("drop table event_store.idempotency cascade"))
    logs.configure("debug")

    failed = await anna.posts(PRODUCTS, LAMP, Idempotency_Key="k1", X_Request_ID="failing-1")
    form = {"grant_type": "password", "username": "anna", "password": "hunter2-hunter2"}
    await anna.http.post("/v1/auth/token", data=form)

    problem = failed.refused(500, "internal-error")
    assert problem["request_id"] == "failing-1"
    assert "idempotency" not in failed.response.text
    logged = capsys.readouterr().out
    lines = [json.loads(line) for line in logged.splitlines()]
    (failure,) = [line for line in lines if line["event"] == "request_failed"]
    assert failure["request_id"] == "failing-1"
    assert "idempotency" in failure["exception"][0]["exc_value"]
    assert "hunter2" not in logged
    assert str(anna.token) not in logged
    assert "postgresql://" not in logged
