"""A parameter that an operation does not know is refused, not overlooked."""

import pytest

from tests.conversation import LAMP, NOBODY, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{PRODUCTS}/{NOBODY}?revision=1"),
        ("GET", f"{PRODUCTS}/by-sku/LAMP-1?revision=1"),
        ("GET", f"{PRODUCTS}/{NOBODY}/history?limit=1&revision=1"),
        ("GET", f"{PRODUCTS}?revision=1"),
        ("GET", f"{PRODUCTS}?q=lamp&revision=1"),
        ("GET", f"{PRODUCTS}?revision=1&revision=2"),
        ("GET", "/v1/catalogs/main/categories?revision=1"),
        ("GET", "/v1/catalogs?revision=1"),
        ("POST", f"{PRODUCTS}?revision=1"),
        ("POST", f"{PRODUCTS}/{NOBODY}/publish?revision=1"),
    ],
)
async def test_an_unknown_parameter_is_named(anna: Caller, method: str, path: str) -> None:
    answer = await anna.asks(method, path, json=LAMP if path.startswith(f"{PRODUCTS}?") else None)
    (error,) = answer.refused(422, "invalid-input")["errors"]
    assert error == {
        "in": "query",
        "pointer": "/revision",
        "message": "this operation has no such parameter",
    }


@pytest.mark.parametrize("name", ["attributes", "attr", "attr.", "attr.-", "attr.a%0A", "ATTR.a"])
async def test_attributes_have_names_of_their_own(anna: Caller, name: str) -> None:
    (error,) = (await anna.gets(f"{PRODUCTS}?{name}=x")).refused(422, "invalid-input")["errors"]
    assert error["message"] == "this operation has no such parameter"


@pytest.mark.parametrize("name", ["q", "brand", "limit", "attr.color"])
async def test_what_has_one_value_is_given_once(anna: Caller, name: str) -> None:
    answer = await anna.gets(f"{PRODUCTS}?{name}=1&{name}=2&tag=a&tag=b")
    (error,) = answer.refused(422, "invalid-input")["errors"]
    assert error == {
        "in": "query",
        "pointer": f"/{name}",
        "message": "this parameter is given once",
    }


@pytest.mark.parametrize("written", ["1_0", "%2B5", "%205", "5.0", "1e1"])
@pytest.mark.parametrize(
    "parameter", [f"{PRODUCTS}?limit", f"{PRODUCTS}?price_min", "/v1/users?limit"]
)
async def test_an_integer_is_written_in_digits(anna: Caller, parameter: str, written: str) -> None:
    (error,) = (await anna.gets(f"{parameter}={written}")).refused(422, "invalid-input")["errors"]
    assert error["pointer"] == f"/{parameter.partition('?')[2]}"


@pytest.mark.parametrize("header", ["Catalog-Min-Position", "Catalog-Wait"])
async def test_so_it_is_in_a_header(anna: Caller, header: str) -> None:
    answer = await anna.gets(f"{PRODUCTS}/{NOBODY}", {header: "1_0"})
    (error,) = answer.refused(422, "invalid-input")["errors"]
    assert (error["in"], error["pointer"]) == ("header", f"/{header}")
