"""What every answer says beside its own: to browsers, to caches, and nothing of its maker."""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from api.main import create_app
from api.settings import Settings
from tests.conversation import PRODUCTS, Caller
from tests.lifespan import alive
from tests.serving import served
from tests.wire import HOST, said_to

pytest_plugins = ("tests.conversation_fixtures",)

SHOP = "https://shop.example"
SAID = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
MAKERS = re.compile(r"uvicorn|starlette|fastapi|python|asyncpg|pydantic", re.IGNORECASE)


@pytest.fixture
def app(settings: Settings) -> FastAPI:
    return create_app(settings.model_copy(update={"cors_origins": [SHOP]}))


def is_clean(headers: Mapping[str, str]) -> None:
    assert {name: headers.get(name) for name in SAID} == SAID
    assert headers["Cache-Control"]
    assert "Strict-Transport-Security" not in headers
    assert "Server" not in headers
    assert not [value for value in headers.values() if MAKERS.search(value)]


@pytest.mark.usefixtures("projecting")
async def test_every_answer_says_what_browsers_and_caches_may_do(anna: Caller) -> None:
    receipt = await anna.given()
    path = f"{PRODUCTS}/{receipt['id']}"
    await anna.reads(path, receipt["position"])
    nobody = Caller(anna.http)
    answers = [
        (await anna.gets(path)).gives(200),
        (await anna.gets(path, {"If-None-Match": '"2"'})).gives(304),
        (await anna.gets(path, {"Origin": SHOP})).gives(200),
        (await anna.asks("HEAD", path)).gives(200),
        (await anna.gets(PRODUCTS)).gives(200),
        (await anna.gets("/v1/me")).gives(200),
        (await anna.gets("/openapi.json")).gives(200),
        (await anna.posts(PRODUCTS, {"sku": "LAMP-1", "name": "Lamp"})).gives(409),
        (await anna.posts(PRODUCTS, {"sku": "DESK-1", "name": "Desk"})).gives(201),
        (await anna.asks("PUT", PRODUCTS)).gives(405),
        (await anna.asks("OPTIONS", PRODUCTS, headers=preflight())).gives(200),
        (await anna.asks("OPTIONS", PRODUCTS, headers=preflight("https://else"))).gives(400),
        (await nobody.gets(PRODUCTS)).gives(401),
        (await nobody.gets("/nothing")).gives(404),
        (await nobody.gets("/health/live")).gives(200),
        (await nobody.gets("/metrics")).gives(200),
        (await nobody.gets("/problems/not-found")).gives(200),
    ]
    for answer in answers:
        is_clean(answer.headers)


def preflight(
    origin: str = SHOP, method: str = "PATCH", headers: str = "If-Match"
) -> dict[str, str]:
    return {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": headers,
    }


async def test_tokens_are_kept_by_nobody(anna: Caller) -> None:
    form = {"grant_type": "password", "username": "anna", "password": "wrong"}
    answer = await anna.http.post("/v1/auth/token", data=form)
    assert answer.headers["Cache-Control"] == "no-store"


async def test_on_the_wire_nobody_tells_what_it_is_made_of(app: FastAPI) -> None:
    async with served(app) as address:
        for path in (b"/health/live", b"/nothing", b"bad"):
            request = b"GET " + path + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
            head, _, _ = (await said_to(address, request)).partition(b"\r\n\r\n")
            assert not re.search(rb"\r\nserver:", head.lower())
            assert not MAKERS.search(head.decode())


async def test_what_fails_is_told_to_the_origins_that_are_let_in(
    app: FastAPI, anna: Caller
) -> None:
    @app.get("/fails")
    async def fails() -> None:
        raise RuntimeError

    refused = (await anna.gets("/fails", {"Origin": SHOP})).gives(500)
    refused.refused(500, "internal-error")
    assert refused.headers["Access-Control-Allow-Origin"] == SHOP
    is_clean(refused.headers)


async def test_origins_are_asked_for_no_credentials_and_no_other_headers(anna: Caller) -> None:
    allowed = (await anna.asks("OPTIONS", PRODUCTS, headers=preflight())).gives(200)
    assert "Access-Control-Allow-Credentials" not in allowed.headers
    assert allowed.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in allowed.headers["Vary"]
    assert int(allowed.headers["Access-Control-Max-Age"]) <= 7_200
    for refused in (preflight(method="TRACE"), preflight(headers="X-Evil")):
        (await anna.asks("OPTIONS", PRODUCTS, headers=refused)).gives(400)
    (await anna.asks("OPTIONS", PRODUCTS, headers=preflight("null"))).gives(400)


async def test_the_page_that_describes_the_api_runs_its_own_scripts_alone(anna: Caller) -> None:
    page = (await anna.gets("/docs")).gives(200)
    policy = page.headers["Content-Security-Policy"]
    scripts = re.findall(r"<script>(.*?)</script>", page.response.text, re.DOTALL)
    assert scripts
    for script in scripts:
        assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy
    loaded = re.findall(r'<(?:link|script)[^>]+"(https:[^"]+/)[^/"]+"([^>]+)', page.response.text)
    assert len(loaded) == page.response.text.count("https:")
    for directory, attributes in loaded:
        assert directory in policy.replace(";", " ").split()
        assert re.search(r"@\d+\.\d+\.\d+/$", directory)
        assert re.search(r'integrity="sha384-[\w+/]{64}"\s+crossorigin="anonymous"', attributes)
    assert "default-src 'none'" in policy
    assert "script-src" in policy
    assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
    (await anna.gets("/redoc")).refused(404, "not-found")


async def test_who_does_not_want_to_describe_himself_does_not(settings: Settings) -> None:
    silent = create_app(settings.model_copy(update={"docs_enabled": False}))
    async with (
        alive(silent) as living,
        AsyncClient(transport=ASGITransport(living), base_url="http://catalog.test") as http,
    ):
        for path in ("/docs", "/openapi.json"):
            (await Caller(http).gets(path)).refused(404, "not-found")
