"""Whatever goes well or wrong on the way in, no line of a log holds what lets somebody in."""

import json
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api import logs
from api.auth.signing.rotation import replace
from events.database import driver
from tests.auth import PASSWORD, Service, bearer, given_key, given_user
from tests.auth_clients import Keeper, granted, granted_by_basic
from tests.conversation import LAMP, PRODUCTS

pytest_plugins = ("tests.log_fixtures",)

WRONG = "a password that is wrong"
NEW = "quite another battery staple"


class Conversation:
    """Everything that is secret in it is remembered."""

    def __init__(self, http: AsyncClient) -> None:
        self.process = Service(http)
        self.secrets = {PASSWORD, WRONG, NEW}

    async def logs_in(self, username: str, password: str = PASSWORD) -> dict[str, Any]:
        return self._noted((await self.process.log_in(username, password)).json())

    async def refreshes(self, token: str) -> dict[str, Any]:
        return self._noted((await self.process.refresh(token)).json())

    async def comes_in(self, secret: str) -> dict[str, Any]:
        self.secrets.add(secret)
        await granted_by_basic(self.process, secret)
        return self._noted((await granted(self.process, secret)).json())

    async def sends(self, token: str) -> None:
        """A request for a product, which has a way of its own, and others."""
        self.secrets.add(token)
        sent = bearer(token) | {"Cookie": f"token={token}", "X-Request-ID": "r-1"}
        for _ in range(2):
            await self.process.http.get(f"{PRODUCTS}/by-sku/LAMP-1", headers=sent)
        await self.process.http.post(PRODUCTS, json=LAMP, headers=sent)
        await self.process.http.get("/v1/me/sessions", headers=sent)
        await self.process.http.get("/v1/users", headers=sent)

    def _noted(self, issued: dict[str, Any]) -> dict[str, Any]:
        tokens = (issued.get(name) for name in ("access_token", "refresh_token"))
        self.secrets |= {token for token in tokens if token}
        return issued


@pytest.mark.usefixtures("logs_as_before_afterwards")
async def test_no_log_line_holds_a_secret(
    client: AsyncClient, engine: AsyncEngine, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("debug")
    await given_key(engine)
    await given_user(engine, "root", {"*": "admin"})
    await given_user(engine, "ada", {"main": "editor"})
    said = Conversation(client)

    first = await said.logs_in("ada")
    second = await said.refreshes(first["refresh_token"])
    await said.sends(second["access_token"])
    await said.refreshes(first["refresh_token"])
    await said.sends(second["access_token"])
    await said.logs_in("ada", WRONG)
    await said.logs_in("nobody", WRONG)

    root = Keeper(said.process, (await said.logs_in("root"))["access_token"])
    client_secret = (await root.given())["client_secret"]
    await said.sends((await said.comes_in(client_secret))["access_token"])
    await said.comes_in((await root.renews()).json()["client_secret"])
    await said.comes_in(client_secret)
    await said.comes_in("catalog_client_" + "x" * 43)
    await root.asks("PATCH", "/v1/users/ada", {"password": NEW})
    await root.asks("PATCH", "/v1/users/ada", {"password": NEW, "unknown": 1})
    await said.process.revoke((await said.logs_in("ada", NEW))["refresh_token"], by=root.token)

    async with driver(engine) as connection:
        await replace(connection)
    again = await said.logs_in("ada", NEW)
    await said.sends(again["access_token"])
    await said.sends(again["access_token"][:-8] + "AAAAAAAA")

    lines = capsys.readouterr().out.splitlines()
    events = {json.loads(line)["event"] for line in lines}
    assert {"access_decided", "request", "token_issued", "token_refused", "client_added"} <= events
    assert len(said.secrets) > 12
    for secret in said.secrets | await stored(engine):
        assert [line for line in lines if secret in line] == []


async def stored(engine: AsyncEngine) -> set[str]:
    """Hashes, digests and keys, as text."""
    async with engine.connect() as connection:
        found = await connection.execute(
            text(
                "select password_hash from access.users where password_hash is not null "
                "union all select encode(secret_digest, 'hex') from access.clients "
                "union all select encode(refresh_digest, 'hex') from access.sessions "
                "where refresh_digest is not null "
                "union all select encode(private_key, 'hex') from access.signing_keys"
            )
        )
        return set(found.scalars())
