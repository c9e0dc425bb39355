"""The API's authentication by itself, over HTTP, with one guarded operation for each right."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from time import monotonic
from types import SimpleNamespace
from typing import Any, Self, cast

from fastapi import APIRouter, FastAPI
from httpx import ASGITransport, AsyncClient, Response
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api import problems
from api.auth import gate, routes
from api.auth.access import Auditor, CatalogKey, Operator, Reader, Writer
from api.auth.accounts import users
from api.auth.audit_reads import AuditReads
from api.auth.databases import Databases
from api.auth.entering.passwords import Passwords
from api.auth.roles import Role
from api.auth.signing.rotation import ensure_signing_key
from api.edge.observed import Observed
from api.rates.limits import Limits
from api.settings import Settings
from events.circuit import redis_circuit
from events.database import session
from queries.cursor_key import KeptCursors
from queries.database import ReadDatabase
from tests.lifespan import alive

PASSWORD = "correct horse battery"

type Heard = Callable[[], None]

guarded = APIRouter(prefix="/v1/catalogs/{catalog}")


@guarded.get("/read")
async def read(catalog: CatalogKey, principal: Reader) -> str:
    return f"{principal.username} {catalog}"


@guarded.get("/write")
async def write(_: Writer) -> None: ...


@guarded.get("/audit")
async def audit(_: Auditor) -> None: ...


@guarded.get("/operate")
async def operate(_: Operator) -> None: ...


def application(
    settings: Settings, engine: AsyncEngine, redis: Redis, databases: Databases, heard: Heard
) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        opening = gate.opened(settings, databases, redis, redis_circuit(), unconfirmed=heard)
        async with opening as opened:
            reads = AuditReads(engine)
            held = SimpleNamespace(
                settings=settings,
                engine=engine,
                gate=opened,
                limits=Limits(settings, redis, redis_circuit()),
                audit_reads=reads,
                cursors=KeptCursors(ReadDatabase(engine)),
            )
            yield {"resources": held}

    app = FastAPI(lifespan=lifespan)
    problems.install(app)
    for router in (routes.router, routes.shared_router, guarded):
        app.include_router(router)
    app.add_middleware(Observed, side="command")
    return app


class Service:
    """What a client of one process may do."""

    def __init__(self, http: AsyncClient) -> None:
        self.http = http

    async def log_in(self, username: str, password: str = PASSWORD) -> Response:
        form = {"grant_type": "password", "username": username, "password": password}
        return await self.http.post("/v1/auth/token", data=form)

    async def refresh(self, refresh_token: str) -> Response:
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self.http.post("/v1/auth/token", data=form)

    async def revoke(self, token: str, by: str) -> Response:
        return await self.http.post("/v1/auth/revoke", data={"token": token}, headers=bearer(by))

    async def token_of(self, username: str) -> str:
        return str((await self.log_in(username)).json()["access_token"])

    async def get(self, path: str, token: str) -> Response:
        return await self.http.get(path, headers=bearer(token))

    def at(self, address: str) -> Self:
        """The same process, asked from there."""
        asked = cast("ASGITransport", self.http._transport)  # noqa: SLF001 -- it has no name else
        transport = ASGITransport(asked.app, client=(address, 1))
        return type(self)(AsyncClient(transport=transport, base_url=self.http.base_url))

    async def me(self, token: str) -> Response:
        return await self.get("/v1/me", token)


async def answers(
    status: int, process: Service, token: str, *, path: str = "/v1/me", within: float = 1.0
) -> bool:
    """Whether the process comes to answer so to who asks that many seconds later.

    By default that is before it looks a session up anew of itself.
    """
    until, is_late = monotonic() + within, False
    while (answered := (await process.get(path, token)).status_code) != status and not is_late:
        await asyncio.sleep(0.01)
        is_late = monotonic() > until
    return answered == status


async def aged(redis: Redis, seconds: float) -> None:
    """As if PostgreSQL had been asked about each session that much longer ago."""
    for key in await redis.keys("access:session:*"):
        kept = json.loads(await redis.get(key))
        kept["asked_at"] -= int(seconds * 1_000_000)
        await redis.set(key, json.dumps(kept))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@asynccontextmanager
async def service(
    settings: Settings,
    engine: AsyncEngine,
    redis: Redis,
    *,
    databases: Databases | None = None,
    unconfirmed: Heard = lambda: None,
) -> AsyncIterator[Service]:
    """`databases`, where it knows who may come in, are those of `engine` unless they are given."""
    databases = databases or Databases({"database": engine})
    app = application(settings, engine, redis, databases, unconfirmed)
    async with alive(app) as living:
        transport = ASGITransport(living)
        async with AsyncClient(transport=transport, base_url="http://catalog.test") as http:
            yield Service(http)


async def given_key(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await ensure_signing_key(connection)


async def given_user(engine: AsyncEngine, username: str, roles: Mapping[str, Role]) -> None:
    password_hash = await Passwords(rounds=4).hashed(PASSWORD)
    async with session(engine) as database:
        await users.add_user(database, username, password_hash, roles)
