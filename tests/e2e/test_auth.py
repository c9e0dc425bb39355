"""From the first administrator to a user who reads, writes and is shut out."""

from httpx import AsyncClient, Response
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.auth import PASSWORD, Service, bearer, given_key, given_user

LAMP = {"sku": "LAMP-1", "name": "Lamp"}


async def test_an_editor_writes_until_the_administrator_says_otherwise(
    client: AsyncClient, engine: AsyncEngine
) -> None:
    await given_key(engine)
    await given_user(engine, "root", {"*": "admin"})
    api = Service(client)
    root = bearer(await api.token_of("root"))
    grace = {"username": "grace", "password": PASSWORD, "roles": {"main": "editor"}}
    assert (await client.post("/v1/users", json=grace, headers=root)).status_code == 201
    token = await api.token_of("grace")

    assert (await register(client, token, "main")).status_code == 201
    assert (await register(client, token, "outlet")).json()["type"] == "/problems/unknown-catalog"

    viewer = {"roles": {"main": "viewer"}}
    assert (await client.patch("/v1/users/grace", json=viewer, headers=root)).is_success
    assert (await register(client, token, "main")).json()["type"] == "/problems/forbidden"

    assert (await client.delete("/v1/users/grace", headers=root)).status_code == 204
    assert (await register(client, token, "main")).json()["type"] == "/problems/unauthenticated"


async def register(client: AsyncClient, token: str, catalog: str) -> Response:
    path = f"/v1/catalogs/{catalog}/products"
    return await client.post(path, json=LAMP, headers=bearer(token))


OPEN = {
    ("post", "/v1/auth/token"),
    ("get", "/.well-known/jwks.json"),
    ("get", "/problems/{name}"),
    ("get", "/health"),
    ("get", "/health/live"),
    ("get", "/health/ready"),
    ("get", "/metrics"),
}


async def test_every_other_operation_asks_who_calls(client: AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    guarded = [(m, p) for p in paths for m in paths[p] if (m, p) not in OPEN]
    assert len(guarded) > 10

    for method, path in guarded:
        address = path.replace("{catalog}", "main").replace("{username}", "ada")
        answer = await client.request(method, address)

        assert answer.status_code == 401, (method, path)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert paths[path][method]["security"] == [{"AccessToken": []}]
