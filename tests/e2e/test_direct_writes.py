"""What is written before FastAPI is written, and answered, as by its routes."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from api import main
from api.main import create_app
from api.settings import Settings
from tests.auth import Service, given_user
from tests.both_ways import DIRECT, PRICE, ROUTED, Asked, Entrances, counted, lines, sent, told
from tests.conversation import LAMP, NOBODY, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)
pytestmark = pytest.mark.usefixtures("remembered_for_long")

PRODUCT = f"{PRODUCTS}/{{id}}"
LONG = {"description": "é" * 2_000, "attributes": {"a": [1, 2.5, True, "x"]}, "tags": ["b", "a"]}


@pytest.fixture
def entrances() -> Entrances:
    return Entrances()


@pytest.fixture
def app(settings: Settings, entrances: Entrances, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr(main, "DirectWrites", entrances)
    return create_app(settings)


@pytest.fixture
async def lamps(anna: Caller) -> list[dict[str, Any]]:
    """Two alike."""
    return [await anna.given(sku=f"LAMP-{n}") for n in (1, 2)]


async def log(engine: AsyncEngine) -> list[tuple[Any, ...]]:
    query = (
        "select version, type, schema_version, data, actor, causation_id from event_store.events"
    )
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(text(f"{query} order by position"))]


@pytest.mark.parametrize(
    "asked",
    [
        Asked("POST", PRODUCTS, LONG),
        Asked("POST", PRODUCTS, {"status": "published"}, {"Idempotency-Key": "k"}),
        Asked("POST", PRODUCTS, {"status": "published", "prices": []}),
        Asked("POST", PRODUCTS, {"sku": "<taken>"}, {"X-Request-ID": "from-afar"}),
        Asked("PUT", PRICE, {"amount": 5}),
        Asked("PUT", PRICE, {"amount": 5.0}, {"If-Match": '"2"', "Accept-Encoding": "gzip"}),
        Asked("PUT", PRICE, {"amount": 5}, {"If-Match": '"2-gzip"'}),
        Asked("PUT", PRICE, {"amount": 5}, {"If-Match": '"1"'}),
        Asked("PUT", PRICE, {"amount": 5}, {"If-Match": '"9"', "Idempotency-Key": "k"}),
        Asked("PUT", PRICE, {"amount": 1999}),
        Asked("PUT", f"{PRODUCTS}/{NOBODY}/prices/USD", {"amount": 5}),
        Asked("PATCH", PRODUCT, {"name": "Lantern", "brand": "é", "tags": None}),
        Asked("PATCH", PRODUCT, {}),
        Asked("PATCH", PRODUCT, {"name": "Lantern"}, {"If-Match": '"7"'}),
        Asked("PATCH", f"{PRODUCTS}/{NOBODY}", {"name": "Lantern"}),
    ],
    ids=str,
)
async def test_both_ways_write_and_answer_alike(
    anna: Caller,
    engine: AsyncEngine,
    entrances: Entrances,
    lamps: list[dict[str, Any]],
    asked: Asked,
) -> None:
    method, path, body, headers = asked
    assert isinstance(body, dict)
    answers, logs, routed, noted, grown = [], [], [], [], []
    for n, (lamp, form) in enumerate(zip(lamps, (DIRECT, ROUTED), strict=True)):
        before, came = await log(engine), entrances.routed
        given = {"sku": f"LAMP-{8 + n}", "name": "Lamp"} | body if path == PRODUCTS else body
        if body.get("sku"):
            given = given | {"sku": lamp["sku"]}
        key = {"Idempotency-Key": f"k{n}"} if "Idempotency-Key" in headers else {}
        sending = {**headers, **key, "Content-Type": form}
        counts = counted()
        with capture_logs() as logged:
            answer = await sent(anna, method, path.format(id=lamp["id"]), given, sending)
        answers.append(told(answer, lamp))
        noted.append(lines(logged, lamp))
        grown.append(counted() - counts)
        logs.append(json.dumps((await log(engine))[len(before) :], default=str))
        routed.append(entrances.routed - came)

    assert routed == [0, 1]
    assert answers[0] == answers[1]
    assert noted[0] == noted[1]
    assert grown[0] == grown[1]
    assert logs[0].replace("LAMP-8", "LAMP-9") == logs[1]


async def test_an_answer_names_what_was_written(anna: Caller, entrances: Entrances) -> None:
    await anna.gets(f"{PRODUCTS}/{NOBODY}")
    before = entrances.routed
    answer = await sent(anna, "POST", PRODUCTS, LAMP, {"Content-Type": DIRECT})

    product = answer.gives(201).body["id"]
    assert answer.body == {"id": product, "sku": "LAMP-1", "version": 2, "position": 2}
    assert answer.headers["Location"] == f"{PRODUCTS}/{product}"
    assert answer.headers["ETag"] == '"2"'
    assert answer.headers["Catalog-Position"] == "2"
    assert answer.headers["Content-Length"] == str(len(answer.response.content))
    assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-store", "Origin")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert entrances.routed == before


async def test_a_key_is_good_for_both_ways(anna: Caller, entrances: Entrances) -> None:
    await anna.gets(f"{PRODUCTS}/{NOBODY}")
    before, key = entrances.routed, {"Idempotency-Key": "k1"}
    ways = [{**key, "Content-Type": form} for form in (DIRECT, ROUTED, DIRECT)]

    first, *again = [await sent(anna, "POST", PRODUCTS, LAMP, way) for way in ways]

    assert "Idempotent-Replayed" not in first.headers
    for answer in again:
        assert answer.gives(201).body == first.body
        assert answer.headers["Idempotent-Replayed"] == "true"
    other = await sent(anna, "POST", PRODUCTS, LAMP | {"name": "Lantern"}, ways[0])
    other.refused(422, "idempotency-key-reused")
    assert entrances.routed == before + 1


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (Asked("POST", PRODUCTS, b""), 422),
        (Asked("POST", PRODUCTS, b"{"), 400),
        (Asked("POST", PRODUCTS, b"[]"), 422),
        (Asked("POST", PRODUCTS, b"[" * 5_000), 422),
        (Asked("POST", PRODUCTS, b'{"sku": "A", "name": "\xff"}'), 400),
        (Asked("POST", PRODUCTS, b'{"sku": "A", "name": "\\ud800"}'), 422),
        (Asked("POST", PRODUCTS, LAMP | {"color": "red"}), 422),
        (Asked("POST", PRODUCTS, LAMP | {"status": "archived"}), 422),
        (Asked("POST", PRODUCTS, json.dumps(LAMP).encode("utf-16")), 400),
        (Asked("POST", f"{PRODUCTS}?dry=1", LAMP), 422),
        (Asked("POST", PRODUCTS, LAMP, {"Authorization": "Bearer none"}), 401),
        (Asked("POST", PRODUCTS, LAMP, {"Content-Type": "text/plain"}), 415),
        (Asked("POST", PRODUCTS, LAMP, {"Content-Encoding": "gzip"}), 415),
        (Asked("POST", PRODUCTS, LAMP, {"Idempotency-Key": ""}), 422),
        (Asked("POST", PRODUCTS, LAMP, {"Idempotency-Key": "a b"}), 422),
        (Asked("POST", PRODUCTS, b" " * 2_000_000), 413),
        (Asked("POST", PRODUCTS.replace("main", "nowhere"), LAMP), 404),
        (Asked("PUT", PRICE, {"amount": -1}), 422),
        (Asked("PUT", PRICE, {"amount": "5"}), 422),
        (Asked("PUT", PRICE, {"amount": 5}, {"If-Match": ""}), 422),
        (Asked("PUT", PRICE, {"amount": 5}, {"If-Match": "*"}), 422),
        (Asked("PUT", PRICE, {"amount": 5}, {"If-Match": '"0"'}), 422),
        (Asked("PUT", PRICE.replace("USD", "XXQ"), {"amount": 5}), 422),
        (Asked("PUT", PRICE.replace("{id}", "1"), {"amount": 5}), 422),
        (Asked("PATCH", PRODUCT, {"name": None}), 422),
        (Asked("PATCH", PRODUCT, {"sku": "B"}), 422),
    ],
)
async def test_what_is_not_regular_is_left_to_the_routes(
    anna: Caller,
    entrances: Entrances,
    lamps: list[dict[str, Any]],
    asked: Asked,
    status: int,
) -> None:
    before = entrances.routed
    target = asked.path.replace("{id}", lamps[0]["id"])
    headers = {"Content-Type": DIRECT, **asked.headers}
    answer = await sent(anna, asked.method, target, asked.body, headers)

    assert answer.gives(status).headers["Content-Type"] == "application/problem+json"
    assert entrances.routed == before + 1


async def test_who_may_not_write_is_refused_by_the_routes(
    anna: Caller, client: AsyncClient, engine: AsyncEngine, entrances: Entrances
) -> None:
    receipt = await anna.given()
    await given_user(engine, "bert", {"main": "viewer"})
    bert = Caller(client, await Service(client).token_of("bert"))
    path = PRICE.format(id=receipt["id"])
    for _ in range(2):
        before = entrances.routed
        (await sent(bert, "PUT", path, {"amount": 5})).refused(403, "forbidden")
        assert entrances.routed == before + 1


async def test_who_has_logged_out_writes_no_more(anna: Caller, client: AsyncClient) -> None:
    receipt = await anna.given()
    path = PRICE.format(id=receipt["id"])
    (await sent(anna, "PUT", path, {"amount": 5})).gives(200)

    revoked = await Service(client).revoke(str(anna.token), by=str(anna.token))
    assert revoked.status_code == 204

    (await sent(anna, "PUT", path, {"amount": 6})).refused(401, "unauthenticated")
