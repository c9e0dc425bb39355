"""Conversations with the API: given requests, when another is made, then its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from httpx import AsyncClient, Response

from tests.auth import bearer

PRODUCTS = "/v1/catalogs/main/products"
NOBODY = "018f0000-0000-7000-8000-000000000000"
LAMP = {"sku": "LAMP-1", "name": "Lamp", "prices": [{"currency": "USD", "amount": 1999}]}

type Headers = Mapping[str, str] | Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Answer:
    response: Response

    @property
    def body(self) -> Any:  # noqa: ANN401 -- any JSON document
        return self.response.json()

    @property
    def headers(self) -> Mapping[str, str]:
        return self.response.headers

    def gives(self, status: int) -> Self:
        assert self.response.status_code == status, self.response.text
        return self

    def is_problem(self, name: str) -> bool:
        if self.headers["Content-Type"] != "application/problem+json":
            return False
        return bool(self.body["type"] == f"/problems/{name}")

    def refused(self, status: int, name: str) -> dict[str, Any]:
        """The problem document, once it is found to be a whole one."""
        self.gives(status)
        assert self.headers["Content-Type"] == "application/problem+json"
        problem: dict[str, Any] = self.body
        assert (problem["type"], problem["status"]) == (f"/problems/{name}", status)
        assert problem["request_id"] == self.headers["X-Request-ID"]
        assert problem["title"]
        assert problem["detail"]
        assert problem["instance"].startswith("/")
        assert "Traceback" not in self.response.text
        return problem


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with an access token, or without."""

    http: AsyncClient
    token: str | None = None

    async def asks(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        content: bytes | None = None,
        headers: Headers | None = None,
    ) -> Answer:
        sent: dict[str, str | bytes] = {**bearer(self.token)} if self.token else {}
        if content is not None:
            sent["Content-Type"] = "application/json"
        encoded = {
            name.encode(): value.encode() if isinstance(value, str) else value
            for name, value in (sent | dict(headers or {})).items()
        }
        return Answer(
            await self.http.request(method, path, json=json, content=content, headers=encoded)
        )

    async def gets(self, path: str, headers: Headers | None = None) -> Answer:
        return await self.asks("GET", path, headers=headers)

    async def posts(self, path: str, json: object = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.asks("POST", path, json=json, headers=named)

    async def given(self, **fields: object) -> dict[str, Any]:
        """A registered product: its receipt."""
        receipt: dict[str, Any] = (await self.posts(PRODUCTS, LAMP | fields)).gives(201).body
        return receipt

    async def reads(self, path: str, position: int) -> Answer:
        """As soon as the read side has reached the position: within a minute, about."""
        awaited = {"Catalog-Min-Position": str(position), "Catalog-Wait": "10000"}
        answer = await self.gets(path, awaited)
        for _ in range(5):
            if answer.response.status_code == 503:
                answer = await self.gets(path, awaited)
        return answer.gives(200)
