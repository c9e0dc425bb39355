"""Whom a process believes about its callers, and to which names it answers."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest
from fastapi import Request
from httpx import ASGITransport, AsyncClient
from pydantic import ValidationError

from api.main import create_app
from api.settings import Settings
from tests.conversation import Caller
from tests.lifespan import alive

PROXY = "10.1.2.3"
HSTS = "Strict-Transport-Security"


@asynccontextmanager
async def behind(settings: Settings, address: str = PROXY, **said: object) -> AsyncIterator[Caller]:
    """Who calls from that address a process that tells from where it believes to be called."""
    app = create_app(settings.model_copy(update=said))

    @app.get("/whence")
    async def whence(request: Request) -> str:
        return f"{request.url.scheme} {request.client.host if request.client else ''}"

    async with (
        alive(app) as living,
        AsyncClient(
            transport=ASGITransport(living, client=(address, 1234)), base_url="http://catalog.test"
        ) as http,
    ):
        yield Caller(http)


def forwarded(whom: str, scheme: str = "https") -> Mapping[str, str]:
    return {"X-Forwarded-For": whom, "X-Forwarded-Proto": scheme}


async def test_nobody_is_believed_unless_he_is_named(settings: Settings) -> None:
    async with behind(settings) as caller:
        answer = await caller.gets("/whence", forwarded("1.1.1.1"))
        assert answer.body == f"http {PROXY}"
        assert HSTS not in answer.headers


@pytest.mark.parametrize(
    ("proxies", "said", "believed"),
    [
        (["10.0.0.0/8"], "1.1.1.1", "1.1.1.1"),
        (["10.1.2.3"], "1.1.1.1", "1.1.1.1"),
        (["10.0.0.0/8"], "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (["10.0.0.0/8"], "6.6.6.6, 1.1.1.1, 10.9.9.9", "1.1.1.1"),
        (["10.1.2.3"], "6.6.6.6, 10.9.9.9", "10.9.9.9"),
        (["10.0.0.0/8"], "2001:db8::1", "2001:db8::1"),
        (["10.0.0.0/8"], "[2001:db8::1]:443", "2001:db8::1"),
        (["fd00::/8"], "1.1.1.1", PROXY),
        (["10.0.0.0/8"], "nobody", PROXY),
        (["10.0.0.0/8"], "fe80::1%" + "x" * 1_000, PROXY),
        (["10.0.0.0/8"], "1.1.1.1" * 1_000, PROXY),
        (["10.0.0.0/8"], "", PROXY),
    ],
)
async def test_a_proxy_is_believed_about_who_came_to_it(
    settings: Settings, proxies: list[str], said: str, believed: str
) -> None:
    async with behind(settings, trusted_proxies=proxies) as caller:
        answer = await caller.gets("/whence", forwarded(said))
        assert answer.body.split()[1] == believed


async def test_who_comes_by_https_is_to_come_so_again(settings: Settings) -> None:
    async with behind(settings, trusted_proxies=["10.0.0.0/8"]) as caller:
        secure = await caller.gets("/whence", forwarded("1.1.1.1"))
        assert secure.body == "https 1.1.1.1"
        assert secure.headers[HSTS] == "max-age=31536000"
        assert HSTS not in (await caller.gets("/whence", forwarded("1.1.1.1", "http"))).headers


async def test_only_the_names_that_are_set_are_answered_to(settings: Settings) -> None:
    names = ["catalog.test", "*.example.org", "[::1]"]
    async with behind(settings, allowed_hosts=names) as caller:
        for host in ("catalog.test", "CATALOG.test:8000", "a.b.example.org", "[::1]:80"):
            (await caller.gets("/whence", {"Host": host})).gives(200)
        for host in ("elsewhere.test", "example.org", "evilexample.org", "catalog.test.evil", ""):
            refused = await caller.gets("/whence", {"Host": host})
            refused.refused(421, "unknown-host")
            assert refused.headers["X-Content-Type-Options"] == "nosniff"
        for path in ("/health/live", "/health", "/metrics"):
            (await caller.gets(path, {"Host": "command-api:8000"})).gives(200)
        for path in ("/healthy", "/metrics/", "/v1/me"):
            (await caller.gets(path, {"Host": "command-api:8000"})).refused(421, "unknown-host")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trusted_proxies", "*"),
        ("trusted_proxies", "10.0.0.1/8"),
        ("trusted_proxies", "proxy.test"),
        ("allowed_hosts", "a*.example.org"),
        ("allowed_hosts", "https://catalog.test"),
        ("allowed_hosts", "catalog.test:8000"),
    ],
)
def test_what_would_mean_nothing_is_no_setting(settings: Settings, name: str, value: str) -> None:
    given = settings.model_dump() | {name: value}
    with pytest.raises(ValidationError, match=re.escape(name)):
        Settings(**given)


def test_names_are_separated_by_commas(settings: Settings) -> None:
    given = settings.model_dump() | {
        "allowed_hosts": "Catalog.test, *.Example.org",
        "trusted_proxies": "10.0.0.0/8, 192.0.2.1",
    }
    read = Settings(**given)
    assert read.allowed_hosts == ["catalog.test", "*.example.org"]
    assert read.trusted_proxies == ["10.0.0.0/8", "192.0.2.1/32"]
