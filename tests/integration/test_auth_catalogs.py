"""What each role may do, in which catalog."""

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Role
from tests.auth import Service, given_user

pytest_plugins = ("tests.auth_fixtures",)


@pytest.fixture
async def outlet(engine: AsyncEngine) -> None:
    await given_outlet(engine)


async def given_outlet(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(
            text(
                "insert into event_store.catalogs (catalog_id, name, default_currency)"
                " values ('outlet', 'Outlet', 'EUR')"
            )
        )


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("viewer", ["read"]),
        ("editor", ["read", "write"]),
        ("auditor", ["read", "audit"]),
        ("admin", ["read", "write", "audit", "operate"]),
    ],
)
@pytest.mark.parametrize("catalog", ["main", "*"])
async def test_a_role_allows(
    here: Service, engine: AsyncEngine, catalog: str, role: Role, allowed: list[str]
) -> None:
    await given_user(engine, "eve", {catalog: role})
    eve = await here.token_of("eve")

    for right in ("read", "write", "audit", "operate"):
        answer = await here.get(f"/v1/catalogs/main/{right}", eve)
        assert answer.status_code == (200 if right in allowed else 403)


@pytest.mark.usefixtures("outlet")
@pytest.mark.parametrize("right", ["read", "write", "audit", "operate"])
async def test_a_catalog_of_others_looks_like_none(here: Service, right: str) -> None:
    ada = await here.token_of("ada")

    others = await here.get(f"/v1/catalogs/outlet/{right}", ada)
    missing = await here.get(f"/v1/catalogs/absent/{right}", ada)

    assert others.status_code == missing.status_code == 404
    own = {"instance": "", "request_id": ""}
    assert others.json() | own == missing.json() | own
    assert others.json()["type"] == "/problems/unknown-catalog"


@pytest.mark.usefixtures("outlet")
async def test_roles_in_a_catalog_and_in_all_add_up(here: Service, engine: AsyncEngine) -> None:
    await given_user(engine, "eve", {"*": "auditor", "outlet": "editor"})
    eve = await here.token_of("eve")

    async def status(catalog: str, right: str) -> int:
        return (await here.get(f"/v1/catalogs/{catalog}/{right}", eve)).status_code

    assert await status("outlet", "audit") == 200
    assert await status("outlet", "write") == 200
    assert await status("main", "write") == 403
    assert await status("absent", "read") == 404


async def test_a_role_makes_no_catalog(here: Service, engine: AsyncEngine) -> None:
    await given_user(engine, "eve", {"absent": "admin"})

    answer = await here.get("/v1/catalogs/absent/read", await here.token_of("eve"))

    assert answer.status_code == 404


async def test_a_catalog_is_known_as_soon_as_it_exists(here: Service, engine: AsyncEngine) -> None:
    await given_user(engine, "eve", {"*": "viewer"})
    eve = await here.token_of("eve")
    assert (await here.get("/v1/catalogs/outlet/read", eve)).status_code == 404

    await given_outlet(engine)

    assert (await here.get("/v1/catalogs/outlet/read", eve)).text == '"eve outlet"'


@pytest.mark.parametrize("catalog", ["*", "%2A", "MAIN", "nul%00", "-x", "m" * 64, "%ff", "é"])
async def test_what_is_no_catalog_key_is_refused(here: Service, catalog: str) -> None:
    ada = await here.token_of("ada")

    assert (await here.get(f"/v1/catalogs/{catalog}/read", ada)).status_code in {404, 422}
    assert (await here.http.get(f"/v1/catalogs/{catalog}/read")).status_code == 401
