"""How often a user may ask and a catalog may be written to, and how callers are told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncEngine

from api.main import create_app
from api.rates.limits import TELL_SECONDS
from api.settings import Settings
from tests.auth import Service, given_user
from tests.conversation import LAMP, NOBODY, PRODUCTS, Caller
from tests.eventually import eventually
from tests.lifespan import alive

pytest_plugins = ("tests.conversation_fixtures",)
pytestmark = pytest.mark.usefixtures("a_minute_that_lasts")

QUOTA = 30
WRITES = 3


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = {"requests_per_minute": QUOTA, "writes_per_minute": WRITES}
    return settings.model_copy(update=limits)


@asynccontextmanager
async def another(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with (
        alive(app) as living,
        AsyncClient(transport=ASGITransport(living), base_url="http://catalog.test") as http,
    ):
        yield http


def left(response: Response, policy: str = "requests") -> int:
    items = response.headers["RateLimit"].split(", ")
    [item] = [item for item in items if item.startswith(f'"{policy}"')]
    return int(item.split(";")[1].removeprefix("r="))


async def test_every_answer_to_somebody_who_is_known_tells_what_is_left(anna: Caller) -> None:
    me = (await anna.gets("/v1/me")).gives(200).response
    assert me.headers["RateLimit-Policy"] == f'"requests";q={QUOTA};w=60'
    remaining = left(me)
    for path, status in (
        ("/v1/catalogs/none", 404),
        (f"{PRODUCTS}/{NOBODY}", 404),
        (f"{PRODUCTS}/{NOBODY}", 404),
        ("/v1/users?limit=0", 422),
    ):
        answer = (await anna.gets(path)).gives(status)
        remaining -= 1
        assert left(answer.response) == remaining


@pytest.mark.parametrize(
    "path", ["/health", "/health/live", "/metrics", "/.well-known/jwks.json", "/problems/forbidden"]
)
async def test_what_asks_for_no_token_counts_for_nobody(anna: Caller, path: str) -> None:
    before = left((await anna.gets("/v1/me")).response)
    assert "RateLimit" not in (await anna.gets(path)).gives(200).headers
    assert left((await anna.gets("/v1/me")).response) == before - 1


async def test_a_flood_is_refused_on_every_path_and_says_until_when(
    anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    other = Caller(client, await Service(client).token_of("anna"))
    receipt = await anna.given()
    product = f"{PRODUCTS}/{receipt['id']}"
    answers = await asyncio.gather(*(anna.gets(product) for _ in range(2 * QUOTA)))
    refused = [each for each in answers if each.response.status_code == 429]
    assert len(refused) == 2 * QUOTA - (QUOTA - 3)
    for caller in (anna, other):
        for path in (product, PRODUCTS, "/v1/me"):
            answer = await caller.gets(path)
            problem = answer.refused(429, "too-many-requests")
            assert problem["violated-policies"] == ["requests"]
            assert left(answer.response) == 0
            seconds = answer.headers["RateLimit"].rpartition("t=")[2]
            assert answer.headers["Retry-After"] == seconds

    await given_user(engine, "bert", {"main": "viewer"})
    bert = Caller(client, await Service(client).token_of("bert"))
    (await bert.gets("/v1/me")).gives(200)


async def test_processes_share_what_a_user_may_ask(anna: Caller, settings: Settings) -> None:
    async with another(create_app(settings)) as http:
        elsewhere = Caller(http, anna.token)
        for _ in range(QUOTA // 2):
            (await elsewhere.gets("/v1/me")).gives(200)

        asked = 0

        async def is_told() -> bool:
            nonlocal asked
            await asyncio.sleep(TELL_SECONDS)
            asked += 1
            return left((await anna.gets("/v1/me")).gives(200).response) + asked <= QUOTA // 2

        await eventually(is_told)


async def test_a_catalog_takes_so_many_writes_a_minute_of_whomever(
    anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    await given_user(engine, "bert", {"main": "editor"})
    bert = Caller(client, await Service(client).token_of("bert"))
    outlet = {"key": "outlet", "name": "Outlet", "default_currency": "EUR"}
    (await anna.posts("/v1/catalogs", outlet)).gives(201)

    for number, caller in enumerate((anna, bert, anna)):
        answer = (await caller.posts(PRODUCTS, LAMP | {"sku": f"L-{number}"})).gives(201)
        assert left(answer.response, "writes") == WRITES - number - 1
        policies = f'"requests";q={QUOTA};w=60, "writes";q={WRITES};w=60'
        assert answer.headers["RateLimit-Policy"] == policies
    refused = await bert.posts(PRODUCTS, LAMP | {"sku": "L-4"})
    assert refused.refused(429, "write-quota-exceeded")["violated-policies"] == ["writes"]
    assert refused.headers["Retry-After"]
    (await bert.posts(f"{PRODUCTS}/{NOBODY}/revert", {"to_version": 1})).gives(429)
    (await bert.gets(PRODUCTS)).gives(200)
    (await anna.posts("/v1/catalogs/outlet/products", LAMP)).gives(201)


async def test_what_was_written_before_is_answered_again_beyond_the_quota(anna: Caller) -> None:
    key = {"Idempotency_Key": "first"}
    first = (await anna.posts(PRODUCTS, LAMP, **key)).gives(201)
    for number in range(1, WRITES):
        await anna.given(sku=f"L-{number}")

    again = (await anna.posts(PRODUCTS, LAMP, **key)).gives(201)
    assert again.body == first.body
    assert again.headers["Idempotent-Replayed"] == "true"
    (await anna.posts(PRODUCTS, LAMP, Idempotency_Key="second")).gives(429)


async def test_nothing_is_limited_by_0(anna: Caller, settings: Settings) -> None:
    unlimited = {"requests_per_minute": 0, "writes_per_minute": 0}
    async with another(create_app(settings.model_copy(update=unlimited))) as http:
        caller = Caller(http, anna.token)
        for number in range(WRITES + 1):
            answer = await caller.posts(PRODUCTS, LAMP | {"sku": f"L-{number}"})
            assert "RateLimit" not in answer.gives(201).headers
        for _ in range(QUOTA):
            (await caller.gets("/v1/me")).gives(200)


async def test_a_browser_may_read_what_is_left(anna: Caller, settings: Settings) -> None:
    shop = settings.model_copy(update={"cors_origins": ["https://shop.test"]})
    async with another(create_app(shop)) as http:
        caller = Caller(http, anna.token)
        answer = await caller.gets("/v1/me", {"Origin": "https://shop.test"})
        exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
        assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= set(exposed)
