"""What each role may do in its catalog, and what it may not even know of."""

import pytest
from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Role
from tests.auth import Service, given_user
from tests.conversation import LAMP, PRODUCTS, Caller

pytest_plugins = ("tests.conversation_fixtures",)

OPERATIONS = {
    "read": ("GET", ""),
    "write": ("POST", ""),
    "audit": ("GET", "/{id}/history"),
    "operate": ("GET", "/../projections"),
}
ALLOWED: dict[Role, set[str]] = {
    "viewer": {"read"},
    "editor": {"read", "write"},
    "auditor": {"read", "audit"},
    "admin": {"read", "write", "audit", "operate"},
}


@pytest.mark.parametrize("role", ALLOWED)
async def test_a_role_allows_what_it_says_and_nothing_else(
    role: Role, anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    receipt = await anna.given(sku="OTHER-1")
    await given_user(engine, "bert", {"main": role})
    bert = Caller(client, await Service(client).token_of("bert"))
    for operation, (method, path) in OPERATIONS.items():
        address = f"{PRODUCTS}{path.format(id=receipt['id'])}".replace("/products/..", "")
        answer = await bert.asks(method, address, json=LAMP if method == "POST" else None)
        if operation in ALLOWED[role]:
            assert answer.response.is_success, (operation, answer.response.text)
        else:
            answer.refused(403, "forbidden")


@pytest.mark.parametrize("role", ALLOWED)
async def test_another_catalog_is_not_revealed(
    role: Role, anna: Caller, client: AsyncClient, engine: AsyncEngine
) -> None:
    catalog = {"key": "outlet", "name": "Outlet", "default_currency": "EUR"}
    (await anna.posts("/v1/catalogs", catalog)).gives(201)
    await given_user(engine, "bert", {"main": role})
    bert = Caller(client, await Service(client).token_of("bert"))
    for key in ("outlet", "no-such-catalog"):
        (await bert.gets(f"/v1/catalogs/{key}/products")).refused(404, "unknown-catalog")
        (await bert.posts(f"/v1/catalogs/{key}/products", LAMP)).refused(404, "unknown-catalog")
        (await bert.gets(f"/v1/catalogs/{key}")).refused(404, "unknown-catalog")
    listed = (await bert.gets("/v1/catalogs")).gives(200).body["items"]
    assert [each["key"] for each in listed] == ["main"]
