"""Addresses, parameters and methods that nobody should send, and those that everybody may."""

import json
from base64 import urlsafe_b64encode

import pytest

from tests.conversation import NOBODY, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)


def cursor(**fields: object) -> str:
    return urlsafe_b64encode(json.dumps(fields).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("path", "pointer"),
    [
        (f"{PRODUCTS}/lamp", "/product_id"),
        (f"{PRODUCTS}/%00", "/product_id"),
        (f"{PRODUCTS}/by-sku/%00", "/sku"),
        (f"{PRODUCTS}/by-sku/%ff%fe", "/sku"),
        (f"{PRODUCTS}/by-sku/%ed%a0%80", "/sku"),
        ("/v1/catalogs/%00/products", "/catalog"),
        ("/v1/catalogs/%ed%a0%80/products", "/catalog"),
        (f"{PRODUCTS}?brand=%00", "/brand"),
        (f"{PRODUCTS}?brand={'a' * 60_000}", "/brand"),
        (f"{PRODUCTS}?limit=0", "/limit"),
        (f"{PRODUCTS}?limit=201", "/limit"),
        (f"{PRODUCTS}?limit=1e400", "/limit"),
        (f"{PRODUCTS}?limit={'9' * 5_000}", "/limit"),
        (f"{PRODUCTS}?price_min=9007199254740992", "/price_min"),
        (f"{PRODUCTS}?price_max=1.5", "/price_max"),
        (f"{PRODUCTS}?sort=luck", "/sort"),
        (f"{PRODUCTS}?updated_since=2024-01-01", "/updated_since"),
        (f"{PRODUCTS}?updated_since=99999999999", "/updated_since"),
        (f"{PRODUCTS}?updated_since=9999-12-31T23:59:59-23:59", "/updated_since"),
        (f"{PRODUCTS}?updated_since=0001-01-01T00:00:00%2B23:59", "/updated_since"),
        (f"{PRODUCTS}?updated_since=2024-02-30T00:00:00Z", "/updated_since"),
        (f"{PRODUCTS}?colour=red", "/colour"),
        (f"{PRODUCTS}?attr.%00=1", "/attr.\x00"),
        (f"{PRODUCTS}?attr.a=%00", "/attr.a"),
        (f"{PRODUCTS}?attr.a=1&attr.a=2", "/attr.a"),
        (f"{PRODUCTS}/{NOBODY}/history?limit=0", "/limit"),
        ("/v1/users?cursor=%00", "/cursor"),
    ],
)
async def test_an_invalid_parameter_is_pointed_at(anna: Caller, path: str, pointer: str) -> None:
    (error,) = (await anna.gets(path)).refused(422, "invalid-input")["errors"]

    assert (error["in"], error["pointer"]) == ("query" if "?" in path else "path", pointer)


@pytest.mark.parametrize(
    "forged",
    [
        "abc",
        cursor(sort="name", key="\x00", id=NOBODY),
        cursor(sort="name", key="\ud800", id=NOBODY),
        cursor(sort="name", key=7, id=NOBODY),
        cursor(sort="name", key="a", id="b"),
        cursor(sort="price", key=2**70, id=NOBODY),
        cursor(sort="updated_at", key="0001-01-01T00:00:00+23:59", id=NOBODY),
        cursor(sort="updated_at", key="never", id=NOBODY),
        cursor(version=-1),
    ],
)
async def test_a_cursor_is_only_what_the_list_gave_out(anna: Caller, forged: str) -> None:
    for sort in ("name", "price", "updated_at"):
        answer = await anna.gets(f"{PRODUCTS}?sort={sort}&cursor={forged}")

        answer.refused(422, "invalid-cursor")


@pytest.mark.parametrize("value", ["NaN", "1e400", "-0.0", "9" * 900, '"', "[1]", "%ff"])
async def test_any_text_may_be_the_value_of_an_attribute(anna: Caller, value: str) -> None:
    (await anna.gets(f"{PRODUCTS}?attr.a={value}")).gives(200)


@pytest.mark.parametrize("path", ["/nothing", "/v1/catalogs/", f"{PRODUCTS}/by-sku/a%2Fb", "//v1"])
async def test_there_is_nothing_at_other_addresses(anna: Caller, path: str) -> None:
    (await anna.gets(path)).refused(404, "not-found")


async def test_an_address_is_repeated_as_a_uri(anna: Caller) -> None:
    problem = (await anna.gets("/n%C3%A4chste%20%00")).refused(404, "not-found")

    assert problem["instance"] == "/n%C3%A4chste%20%00"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/health", {"GET", "HEAD"}),
        ("/metrics", {"GET", "HEAD"}),
        ("/v1/auth/token", {"POST"}),
        (PRODUCTS, {"GET", "HEAD", "POST"}),
        (f"{PRODUCTS}/{NOBODY}", {"GET", "HEAD", "PATCH"}),
        (f"{PRODUCTS}/{NOBODY}/prices/USD", {"PUT", "DELETE"}),
        ("/v1/users/anna", {"PATCH", "DELETE"}),
    ],
)
async def test_a_method_that_is_not_there_is_told_those_that_are(
    anna: Caller, path: str, allowed: set[str]
) -> None:
    for method in {"GET", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} - allowed:
        answer = await anna.asks(method, path)

        answer.refused(405, "method-not-allowed")
        assert set(answer.headers["Allow"].split(", ")) == allowed


async def test_every_problem_has_a_page(anna: Caller) -> None:
    type_ = (await anna.gets("/nothing")).refused(404, "not-found")["type"]

    page = (await anna.gets(type_)).gives(200)

    assert page.headers["Content-Type"].startswith("text/markdown")
    assert "There is nothing at this address." in page.response.text
    (await anna.gets("/problems/none")).refused(404, "not-found")
