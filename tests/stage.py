"""What requests to each operation are about, made anew where a request uses it up."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from httpx import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.roles import Role
from tests.auth import Service, bearer, given_user
from tests.auth_clients import token_of as client_token_of
from tests.conversation import LAMP, PRODUCTS, Answer, Caller
from tests.given import Log
from tests.operations import Ask
from tests.poisoned import PROJECTIONS, TELEPORTED
from tests.signing import signed
from tests.uploading import refused, uploads

_CANCEL = text(
    "update jobs.jobs set state = 'cancelled', finished_at = now() where finished_at is null"
)
MACHINE = "machine"
EVENT_STREAM = "text/event-stream"
PLACE = re.compile(r"\{(\w+)\}")


@dataclass(slots=True)
class Stage:
    """`root` administers everything; `machine` is a client, and everybody else a person."""

    http: AsyncClient
    engine: AsyncEngine
    root: Caller
    tokens: dict[str, str] = field(default_factory=dict)
    _secret: str = ""
    _numbers: Iterator[int] = field(default_factory=count)
    _kept: dict[str, str] = field(default_factory=dict)
    _at_fault: int = 0

    async def set(self, roles: Mapping[str, Mapping[str, Role]]) -> None:
        """With somebody of each name, and his roles in catalogs."""
        for name, granted in roles.items():
            if name == MACHINE:
                client = {"client_id": name, "roles": granted}
                made = (await self.root.posts("/v1/clients", client)).gives(201)
                self._secret = made.body["client_secret"]
            else:
                await given_user(self.engine, name, granted)
            self.tokens[name] = await self._own_token(name)
        self.tokens["root"] = self.root.token or ""
        outlet = {"key": "outlet", "name": "Outlet", "default_currency": "EUR"}
        (await self.root.posts("/v1/catalogs", outlet)).gives(201)
        lamp = await self.root.given()
        await self.root.reads(PRODUCTS, lamp["position"])
        await signed(self.engine)
        job = (await self.root.posts(f"{PROJECTIONS}/rebuild")).gives(202).body
        imported = await self._unfinished("")
        await refused(self.engine, UUID(imported), [])
        asked = await self.root.posts(f"{PROJECTIONS}/products/{lamp['id']}/refold")
        self._kept = {
            "product": lamp["id"],
            "job": job["id"],
            "import": imported,
            "intervention": asked.gives(202).body["id"],
        }

    async def asks(self, ask: Ask, who: str, catalog: str) -> Answer:
        """What is there is as the request wants it, whoever asks."""
        await self._no_rebuild()
        given = {"catalog": catalog}
        for name in sorted(set(PLACE.findall(f"{ask.path} {json.dumps(ask.json)} {ask.form}"))):
            if name not in given:
                given[name] = self._kept.get(name) or await self._made(name, who)
        token = self.tokens.get(who)
        asking = self.http.stream(
            ask.method,
            _filled(ask.path, given),
            json=_filled_body(ask.json, given),
            data=_filled_body(ask.form, given),
            headers={"Accept": ask.accept, **(bearer(token) if token else {})},
        )
        async with asking as response:
            if response.headers.get("Content-Type") != EVENT_STREAM:  # which would not end
                await response.aread()
        return Answer(response)

    async def _made(self, name: str, who: str) -> str:
        makers: dict[str, Callable[[str], Awaitable[str]]] = {
            "name": self._name,
            "user": self._user,
            "session": self._session,
            "client": self._client,
            "own_token": self._own_token,
            "own_session": self._own_session,
            "draft": self._draft,
            "published": self._published,
            "unfinished": self._unfinished,
            "parked": self._parked,
            "parked_position": self._position_of_parked,
        }
        return await makers[name](who)

    async def _name(self, _: str) -> str:
        return f"name-{next(self._numbers)}"

    async def _user(self, _: str) -> str:
        name = f"user-{next(self._numbers)}"
        await given_user(self.engine, name, {})
        return name

    async def _session(self, _: str) -> str:
        name = await self._user("")
        return f"{name}/sessions/{await self._session_of(await Service(self.http).token_of(name))}"

    async def _client(self, _: str) -> str:
        client = {"client_id": f"client-{next(self._numbers)}", "roles": {}}
        return str((await self.root.posts("/v1/clients", client)).gives(201).body["client_id"])

    async def _own_token(self, who: str) -> str:
        if who == "nobody":
            return "none"
        if who == MACHINE:
            return await client_token_of(Service(self.http), self._secret, MACHINE)
        return await Service(self.http).token_of("anna" if who == "root" else who)

    async def _own_session(self, who: str) -> str:
        if who == "nobody":
            return str(uuid4())
        return await self._session_of(await self._own_token(who))

    async def _session_of(self, token: str) -> str:
        return str((await Caller(self.http, token).gets("/v1/me")).gives(200).body["session_id"])

    async def _draft(self, _: str) -> str:
        return str((await self.root.given(sku=f"DRAFT-{next(self._numbers)}"))["id"])

    async def _published(self, _: str) -> str:
        fields = {"sku": f"LAMP-{next(self._numbers)}-P", "status": "published"}
        return str((await self.root.given(**(LAMP | fields)))["id"])

    async def _unfinished(self, _: str) -> str:
        """A job that imports a feed."""
        answer = await uploads(self.root, query=f"?source=source-{next(self._numbers)}")
        return str(answer.gives(202).body["id"])

    async def _parked(self, _: str) -> str:
        """A product that stands still until what is at fault is discarded."""
        product = str((await self.root.given(sku=f"POISONED-{next(self._numbers)}"))["id"])
        self._at_fault = await Log(self.engine).given_stored(UUID(product), TELEPORTED)
        await self.root.reads(PRODUCTS, self._at_fault)
        return product

    async def _position_of_parked(self, _: str) -> str:
        """Of the one that was made last."""
        return str(self._at_fault)

    async def _no_rebuild(self) -> None:
        """Nothing runs them here, and one that waits keeps out the next."""
        async with self.engine.begin() as connection:
            await connection.execute(_CANCEL)


def _filled(template: str, given: dict[str, str]) -> str:
    return PLACE.sub(lambda found: given[found[1]], template)


def _filled_body(body: Any, given: dict[str, str]) -> Any:  # noqa: ANN401 -- any JSON document
    match body:
        case "{parked_position}":
            return int(given["parked_position"])
        case str():
            return _filled(body, given)
        case dict():
            return {name: _filled_body(value, given) for name, value in body.items()}
        case _:
            return body
