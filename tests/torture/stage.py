"""Where the storm takes place: PostgreSQL of its own, two processes of the API, a user's token."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.asking.lasting_token import lasting
from cli.data_directory import held
from events.database import pool
from migrations.run import upgrade
from tests.appends import appender
from tests.auth import Service, given_key, given_user
from tests.proxy import Proxy, proxy
from tests.servers import Servers
from tests.torture.doors import HttpDoor, OwnDoor
from tests.torture.servers import ApiProcess, Postgres, accepting, api_process, postgres_like

ANSWER_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    postgres: Postgres
    between: Proxy
    """Stands before PostgreSQL for the second process and for this one."""
    engine: AsyncEngine
    processes: Sequence[ApiProcess]
    http: tuple[HttpDoor, HttpDoor]
    own: tuple[OwnDoor, OwnDoor]


@asynccontextmanager
async def stage(servers: Servers, redis_url: str, directory: Path) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        taken = stack.enter_context(held(directory))
        postgres = stack.enter_context(postgres_like(servers, taken))
        await accepting(postgres.url)
        await upgrade(postgres.url)
        between = await stack.enter_async_context(proxy(postgres.url))
        processes = [
            stack.enter_context(api_process(name, url, redis_url, taken))
            for name, url in (("api-1", postgres.url), ("api-2", between.url))
        ]
        engine = await stack.enter_async_context(
            pool(between.url, application="catalog-torture", pool_size=5)
        )
        await given_key(engine)
        await given_user(engine, "ada", {"main": "editor"})
        first, second = [await stack.enter_async_context(_client(process)) for process in processes]
        token = await lasting(engine, await Service(first).token_of("ada"))
        yield Stage(
            postgres=postgres,
            between=between,
            engine=engine,
            processes=processes,
            http=(HttpDoor(first, token), HttpDoor(second, token)),
            own=(OwnDoor(appender(engine)), OwnDoor(appender(engine))),
        )


@asynccontextmanager
async def _client(process: ApiProcess) -> AsyncIterator[httpx.AsyncClient]:
    await process.ready()
    async with httpx.AsyncClient(base_url=process.address.url, timeout=ANSWER_SECONDS) as client:
        yield client
