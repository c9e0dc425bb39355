"""What caches between the service and its callers may keep."""

import pytest
from fastapi import FastAPI

from api.main import create_app
from api.settings import Settings
from tests.conversation import LAMP, NOBODY, PRODUCTS, Caller, Headers

pytest_plugins = ("tests.conversation_fixtures",)
pytestmark = pytest.mark.usefixtures("projecting")

SHOP = "https://shop.example"
OUTLETS = PRODUCTS.replace("main", "outlet")
OUTLET = {"key": "outlet", "name": "Outlet", "default_currency": "EUR"}


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """Its catalog `outlet` is public, and a shop's pages may call it."""
    public = {"public_catalogs": ["outlet"], "public_max_age_seconds": 30}
    return create_app(settings.model_copy(update=public | {"cors_origins": [SHOP]}))


async def varying(caller: Caller, path: str, headers: Headers | None = None) -> list[str]:
    return sorted((await caller.gets(path, headers)).headers["Vary"].split(", "))


async def caching(caller: Caller, path: str) -> str:
    return (await caller.gets(path)).headers["Cache-Control"]


async def test_only_what_is_read_of_a_public_catalog_is_kept_by_others(anna: Caller) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)
    receipt = (await anna.posts(OUTLETS, LAMP)).gives(201).body

    for shared in ("", f"/{receipt['id']}", "/by-sku/LAMP-1"):
        await anna.reads(OUTLETS + shared, receipt["position"])
        assert await caching(anna, OUTLETS + shared) == "public, max-age=30"
    assert await caching(anna, "/v1/catalogs/outlet/categories") == "public, max-age=30"
    assert await caching(anna, PRODUCTS) == "private, no-cache"
    assert await caching(anna, f"{OUTLETS}/{receipt['id']}/history") == "private, no-cache"


async def test_a_public_answer_varies_by_what_callers_want_and_not_by_who_they_are(
    anna: Caller,
) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)

    assert await varying(anna, OUTLETS) == ["Accept-Encoding", "Catalog-Min-Position", "Origin"]
    assert await varying(anna, PRODUCTS) == ["Accept-Encoding", "Authorization", "Origin"]


async def test_what_a_browser_is_told_of_origins_is_kept_apart(anna: Caller) -> None:
    """Also where a product is sent without a look at its routes."""
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    await anna.reads(path, receipt["position"])

    assert "Origin" in await varying(anna, path)
    assert "Origin" in await varying(anna, path, {"Origin": SHOP})
    answer = await anna.gets(path, {"Origin": SHOP})
    assert answer.headers["Access-Control-Allow-Origin"] == SHOP


async def test_a_public_catalog_is_read_with_a_token_all_the_same(anna: Caller) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)

    stranger = await Caller(anna.http).gets(OUTLETS)

    stranger.refused(401, "unauthenticated")
    assert stranger.headers["Cache-Control"] == "no-store"


async def test_no_cache_keeps_a_refusal(anna: Caller) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)
    for path in (f"{OUTLETS}/{NOBODY}", "/v1/catalogs/none/products"):
        refused = await anna.gets(path)
        assert (refused.gives(404).headers["Cache-Control"]) == "no-store"
