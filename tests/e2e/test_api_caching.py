"""What caches between the service and its callers may keep."""

import pytest
from fastapi import FastAPI

from api.main import create_app
from api.settings import Settings
from tests.conversation import LAMP, NOBODY, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)

OUTLET = {"key": "outlet", "name": "Outlet", "default_currency": "EUR"}


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    """Its catalog `outlet` is public."""
    public = {"public_catalogs": ["outlet"], "public_max_age_seconds": 30}
    return create_app(settings.model_copy(update=public))


async def caching(caller: Caller, path: str) -> str:
    return (await caller.gets(path)).headers["Cache-Control"]


async def test_only_what_is_read_of_a_public_catalog_is_kept_by_others(anna: Caller) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)
    outlet = PRODUCTS.replace("main", "outlet")
    receipt = (await anna.posts(outlet, LAMP)).gives(201).body

    assert await caching(anna, PRODUCTS) == "private, no-cache"
    assert await caching(anna, outlet) == "public, max-age=30"
    assert await caching(anna, f"{outlet}/{receipt['id']}/history") == "private, no-cache"


async def test_a_public_answer_varies_by_what_callers_want_and_not_by_who_they_are(
    anna: Caller,
) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)

    public = (await anna.gets(PRODUCTS.replace("main", "outlet"))).headers["Vary"].split(", ")
    private = (await anna.gets(PRODUCTS)).headers["Vary"].split(", ")

    assert set(public) == {"Accept-Encoding", "Catalog-Min-Position", "Origin"}
    assert set(private) == {"Accept-Encoding", "Authorization", "Origin"}


async def test_a_public_catalog_is_read_with_a_token_all_the_same(anna: Caller) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)

    stranger = await Caller(anna.http).gets(PRODUCTS.replace("main", "outlet"))

    stranger.refused(401, "unauthenticated")
    assert stranger.headers["Cache-Control"] == "no-store"


async def test_no_cache_keeps_a_refusal(anna: Caller) -> None:
    (await anna.posts("/v1/catalogs", OUTLET)).gives(201)
    for path in (f"{PRODUCTS.replace('main', 'outlet')}/{NOBODY}", "/v1/catalogs/none/products"):
        refused = await anna.gets(path)
        assert (refused.gives(404).headers["Cache-Control"]) == "no-store"
