"""What is answered before FastAPI is answered as FastAPI answers it."""

from collections.abc import Mapping
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Headers
from sqlalchemy.ext.asyncio import AsyncEngine

from api import main
from api.main import create_app
from api.reading.direct import DirectReads
from api.settings import Settings
from tests.auth import Service, given_user
from tests.conversation import NOBODY, PRODUCTS, Answer, Caller

pytest_plugins = ("tests.conversation_fixtures",)
pytestmark = pytest.mark.usefixtures("projecting", "remembered_for_long")

ROUTED = {"Catalog-Wait": "2000"}
"""What is not said otherwise, but has to be understood: such requests take the routes."""
VARYING = {"x-request-id", "catalog-position", "ratelimit"}
FORMS: tuple[dict[str, str], ...] = (
    {},
    {"If-None-Match": '"2"'},
    {"If-None-Match": "*"},
    {"If-None-Match": ""},
    {"If-None-Match": '"1", W/"2"'},
    {"If-None-Match": '"2-gzip"'},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "gzip;q=0, identity"},
    {"Accept-Encoding": ""},
    {"Catalog-Min-Position": "1"},
    {"Catalog-Min-Position": "0"},
    {"X-Request-ID": "from-afar"},
)


class Entrances:
    """Counts the requests that came to FastAPI."""

    def __init__(self) -> None:
        self.routed = 0

    def __call__(self, app: Any) -> DirectReads:  # noqa: ANN401 -- any ASGI application
        async def counted(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
            self.routed += 1
            await app(scope, receive, send)

        return DirectReads(counted)


@pytest.fixture
def entrances() -> Entrances:
    return Entrances()


@pytest.fixture
def app(settings: Settings, entrances: Entrances, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    monkeypatch.setattr(main, "DirectReads", entrances)
    return create_app(settings)


def told(answer: Answer) -> tuple[int, Mapping[str, str], bytes]:
    headers = Headers({k: v for k, v in answer.headers.items() if k not in VARYING})
    body = answer.response.content
    if answer.response.status_code >= 400:
        body = body.replace(answer.headers["x-request-id"].encode(), b"")
    return answer.response.status_code, headers, body


@pytest.mark.parametrize("form", FORMS, ids=str)
async def test_both_ways_answer_alike(
    anna: Caller, entrances: Entrances, form: dict[str, str]
) -> None:
    receipt = await anna.given(description="long " * 3_000)
    await anna.reads(PRODUCTS, receipt["position"])
    names = (f"{receipt['id']}", "by-sku/LAMP-1", NOBODY, "by-sku/NONE")

    for path in (f"{PRODUCTS}/{name}" for name in names):
        routed = await anna.gets(path, form | ROUTED)
        before = entrances.routed
        direct = await anna.gets(path, form)
        assert entrances.routed == before
        assert told(direct) == told(routed)


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"{NOBODY}?version=1", {}),
        (NOBODY.upper(), {}),
        ("by-sku/ ", {}),
        (f"by-sku/{'x' * 101}", {}),
        (NOBODY, {"Catalog-Min-Position": "-1"}),
        (NOBODY, {"Catalog-Min-Position": "9" * 19}),
        (NOBODY, {"Catalog-Min-Position": "1_0"}),
        (NOBODY, {"If-None-Match": "é"}),
        (NOBODY, {"Origin": "https://shop.test"}),
        (NOBODY, {"Authorization": "Bearer none"}),
        (NOBODY, {"Authorization": "Basic none"}),
    ],
)
async def test_what_is_not_regular_is_left_to_fastapi(
    anna: Caller, entrances: Entrances, path: str, headers: dict[str, str]
) -> None:
    await anna.gets(f"{PRODUCTS}/{NOBODY}")
    before = entrances.routed
    answer = await anna.gets(f"{PRODUCTS}/{path}", headers)
    assert entrances.routed == before + 1
    assert 400 <= answer.response.status_code < 500


async def test_what_is_remembered_of_one_is_not_told_to_who_may_not_read_it(
    anna: Caller, entrances: Entrances
) -> None:
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    await anna.reads(path, receipt["position"])
    for method in ("GET", "HEAD"):
        (await Caller(anna.http).asks(method, path)).gives(401)
    assert entrances.routed


async def test_who_has_no_role_in_a_catalog_learns_nothing_of_it(
    anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    await anna.reads(path, receipt["position"])
    outlet = {"key": "outlet", "name": "Outlet", "default_currency": "EUR"}
    (await anna.posts("/v1/catalogs", outlet)).gives(201)
    await given_user(engine, "bert", {"outlet": "viewer"})
    bert = Caller(client, await Service(client).token_of("bert"))

    elsewhere = path.replace("main", "outlet")
    for _ in range(2):
        (await bert.gets(path)).refused(404, "unknown-catalog")
        (await bert.gets(elsewhere)).refused(404, "unknown-product")
