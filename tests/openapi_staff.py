"""On whose behalf Schemathesis tests, each with an access token and with something to spare."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from httpx import AsyncClient
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Role
from tests.auth import Service, given_user
from tests.auth_clients import Keeper, token_of
from tests.conversation import Caller
from tests.openapi_spares import Spares, SpareUser

USERS = 40
CLIENTS = 10
SESSIONS = 10
LESSER: dict[str, tuple[str, Role]] = {
    "viewer": ("main", "viewer"),
    "editor": ("main", "editor"),
    "auditor": ("main", "auditor"),
    "stranger": ("outlet", "admin"),
}


@dataclass(frozen=True, slots=True)
class Member:
    token: str
    spares: Spares


@dataclass(frozen=True, slots=True)
class Staff:
    http: AsyncClient
    engine: AsyncEngine
    root: Caller

    async def given(self) -> Mapping[str, Member]:
        """By name: `anna` administers everything, `robot` is a machine."""
        spares = Spares([await self._user(n) for n in range(USERS)], await self._clients(), [])
        testers = {"anna": Member(self.root.token or "", await self._for("anna", spares))}
        for name, (catalog, role) in LESSER.items():
            await given_user(self.engine, name, {catalog: role})
            token, _ = await self._session(name)
            testers[name] = Member(token, await self._for(name, spares))
        process = Service(self.http)
        robot = await Keeper(process, self.root.token or "").given()
        return testers | {"robot": Member(await token_of(process, robot["client_secret"]), spares)}

    async def _user(self, number: int) -> SpareUser:
        name = f"spare-{number}"
        await given_user(self.engine, name, {"outlet": "viewer"})
        return SpareUser(name, *(await self._session(name)))

    async def _clients(self) -> list[str]:
        ids = [f"spare-client-{number}" for number in range(CLIENTS)]
        for client_id in ids:
            (await self.root.posts("/v1/clients", {"client_id": client_id, "roles": {}})).gives(201)
        return ids

    async def _for(self, username: str, spares: Spares) -> Spares:
        own = [(await self._session(username))[1] for _ in range(SESSIONS)]
        return replace(spares, own_sessions=own)

    async def _session(self, username: str) -> tuple[str, str]:
        """A token and the session that it is of."""
        token = await Service(self.http).token_of(username)
        me: dict[str, Any] = (await Caller(self.http, token).gets("/v1/me")).gives(200).body
        return token, me["session_id"]
