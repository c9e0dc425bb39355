"""A parameter that an operation does not know is refused, not overlooked."""

import pytest

from tests.conversation import LAMP, NOBODY, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{PRODUCTS}/{NOBODY}?version=1"),
        ("GET", f"{PRODUCTS}/by-sku/LAMP-1?version=1"),
        ("GET", f"{PRODUCTS}/{NOBODY}/history?limit=1&version=1"),
        ("GET", f"{PRODUCTS}?version=1"),
        ("GET", "/v1/catalogs?version=1"),
        ("POST", f"{PRODUCTS}?version=1"),
        ("POST", f"{PRODUCTS}/{NOBODY}/publish?version=1"),
    ],
)
async def test_an_unknown_parameter_is_named(anna: Caller, method: str, path: str) -> None:
    answer = await anna.asks(method, path, json=LAMP if path.startswith(f"{PRODUCTS}?") else None)
    (error,) = answer.refused(422, "invalid-input")["errors"]
    assert "version" in error["pointer"] + error["message"]
