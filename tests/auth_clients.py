"""Machine clients, as an administrator of everything keeps them over HTTP."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

from httpx import Response

from tests.auth import Service, bearer

ROBOT = {"client_id": "robot", "roles": {"main": "editor"}}


@dataclass(frozen=True, slots=True)
class Keeper:
    process: Service
    token: str

    async def asks(self, method: str, path: str, json: object = None) -> Response:
        return await self.process.http.request(method, path, json=json, headers=bearer(self.token))

    async def adds(self, **fields: object) -> Response:
        return await self.asks("POST", "/v1/clients", ROBOT | fields)

    async def given(self, **fields: object) -> dict[str, Any]:
        """A client and its secret."""
        client: dict[str, Any] = (await self.adds(**fields)).json()
        return client

    async def changes(self, **wanted: object) -> Response:
        return await self.asks("PATCH", "/v1/clients/robot", wanted)

    async def renews(self) -> Response:
        return await self.asks("POST", "/v1/clients/robot/secret")

    async def removes(self) -> Response:
        return await self.asks("DELETE", "/v1/clients/robot")


async def granted(process: Service, secret: str, client_id: str = "robot") -> Response:
    """The answer to a client that sends its secret in the form."""
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
    }
    return await process.http.post("/v1/auth/token", data=form)


async def granted_by_basic(
    process: Service, secret: str, client_id: str = "robot", /, **form: str
) -> Response:
    """As RFC 6749, 2.3.1 has it: both are encoded as in a form first."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()
    return await process.http.post(
        "/v1/auth/token",
        data={"grant_type": "client_credentials", **form},
        headers={"Authorization": f"Basic {b64encode(pair).decode()}"},
    )


async def token_of(process: Service, secret: str, client_id: str = "robot") -> str:
    return str((await granted(process, secret, client_id)).json()["access_token"])
