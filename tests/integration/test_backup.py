"""Backups taken, and brought back: all that was known is known, and the service goes on."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID

import pytest
from httpx import ASGITransport, AsyncClient
from pydantic import SecretStr
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.main import create_app
from api.settings import Settings
from cli.verification import Report, verify_catalogs
from events.checkpoints import KeptCheckpoint
from events.database import driver, pool
from events.log import read_heads
from migrations.run import upgrade
from tests import backups
from tests.appends import logged
from tests.auth import PASSWORD, Service, given_key, given_user
from tests.conversation import PRODUCTS, Caller
from tests.eventually import eventually
from tests.exactness import assert_exact
from tests.fed import fed
from tests.given import Rows
from tests.interventions import kept, requested
from tests.lifespan import alive
from tests.projectors import caught_up, running
from tests.rebuilding import all_rows, live
from tests.signing import signed

pytest_plugins = ("tests.data_directory",)

SAMPLE = Path(__file__).parents[2] / "cli" / "sample" / "products.ndjson.gz"


@pytest.fixture
async def database_url(data_directory: Path) -> AsyncIterator[str]:
    """Of the release whose programs take the backup, and bring it back."""
    with backups.empty(data_directory / "old") as url:
        await upgrade(url)
        yield url


async def imported(engine: AsyncEngine, first: int, last: int) -> int:
    """Products of the sample catalog, by their numbers: where the log ends then."""
    with gzip.open(SAMPLE) as lines:
        some = list(islice(lines, first, last))
    await fed(engine, some)
    async with driver(engine) as connection:
        return (await read_heads(connection))["main"]


async def projected(engine: AsyncEngine, redis_url: str, head: int) -> None:
    async with Redis.from_url(redis_url) as redis, running(engine, redis, most=5_000):
        await caught_up(engine, head)


async def shown(engine: AsyncEngine) -> Mapping[str, Rows]:
    """All that is read, table by table."""
    return await all_rows(engine, await live(engine))


async def verified(
    engine: AsyncEngine, directory: Path, checkpoints: Sequence[KeptCheckpoint]
) -> Report:
    """With checkpoints that were kept elsewhere."""
    files = []
    for each in checkpoints:
        files.append(directory / f"checkpoint-{each.size}")
        files[-1].write_text(each.note)
    return await verify_catalogs(engine, (), files, checkpoints[0].key)


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[AsyncClient]:
    async with (
        alive(create_app(settings)) as living,
        AsyncClient(transport=ASGITransport(living), base_url="http://catalog.test") as client,
    ):
        yield client


@dataclass(frozen=True, slots=True)
class Session:
    """What a client holds of the service that was lost."""

    access_token: str
    refresh_token: str
    cursor: str
    following: list[str]
    """The products on the page that the cursor leads to."""


async def begun(settings: Settings) -> Session:
    async with served(settings) as client:
        granted = (await Service(client).log_in("anna")).json()
        anna = Caller(client, granted["access_token"])
        page = (await anna.gets(f"{PRODUCTS}?limit=5")).gives(200).body
        following = await skus(anna, page["next_cursor"])
    return Session(anna.token or "", granted["refresh_token"], page["next_cursor"], following)


async def skus(caller: Caller, cursor: str) -> list[str]:
    page = (await caller.gets(f"{PRODUCTS}?limit=5&cursor={cursor}")).gives(200).body
    return [each["sku"] for each in page["items"]]


async def gone_on(settings: Settings, session: Session) -> None:
    """Tokens, cursors and passwords are good in the service that was brought back."""
    async with served(settings) as client:
        anna = Caller(client, session.access_token)
        assert await skus(anna, session.cursor) == session.following
        service = Service(client)
        assert (await service.refresh(session.refresh_token)).status_code == 200
        assert (await service.log_in("anna", PASSWORD)).status_code == 200
        (await anna.posts(PRODUCTS, {"sku": "AFTER-1", "name": "After"})).gives(201)


async def test_a_dump_brings_everything_back_on_an_empty_server(
    settings: Settings,
    engine: AsyncEngine,
    redis_url: str,
    data_directory: Path,
) -> None:
    await given_key(engine)
    await given_user(engine, "anna", {"*": "admin"})
    head = await imported(engine, 0, 300)
    await requested(engine, await some_product(engine), "refold")
    await projected(engine, redis_url, head)
    checkpoint, session = await signed(engine), await begun(settings)
    before, history = await shown(engine), await kept(engine)
    database_url = settings.database_url.get_secret_value()
    dump = await asyncio.to_thread(backups.dumped, libpq(database_url), data_directory)

    with backups.empty(data_directory / "new") as url:
        await asyncio.to_thread(backups.brought_back, dump, url)
        restored = settings.model_copy(update={"database_url": SecretStr(url)})
        async with pool(url, application="catalog-tests", pool_size=10) as anew:
            report = await verified(anew, data_directory, [checkpoint])
            assert (report.findings, report.scopes["main"].signed) == ([], head)
            assert await shown(anew) == before
            assert await kept(anew) == history
            async with Redis.from_url(redis_url) as redis, running(anew, redis, most=5_000):
                await redis.flushdb()
                await gone_on(restored, session)
                await assert_exact(anew, redis_url)


async def some_product(engine: AsyncEngine) -> UUID:
    return (await logged(engine))[0].stream_id


def libpq(url: str) -> str:
    return url.replace("postgresql+asyncpg://", "postgresql://")


async def archived(engine: AsyncEngine) -> None:
    """All that was written until now."""
    async with driver(engine) as connection:
        segment = await connection.fetchval("select pg_walfile_name(pg_switch_wal())")

        async def is_archived() -> bool:
            last = await connection.fetchval("select last_archived_wal from pg_stat_archiver")
            return bool(last and last >= segment)

        await eventually(is_archived)


async def promoted(engine: AsyncEngine) -> None:
    async def writes() -> bool:
        async with driver(engine) as connection:
            return not await connection.fetchval("select pg_is_in_recovery()")

    await eventually(writes)


async def test_a_log_is_brought_back_as_it_was_at_a_moment_before_a_disaster(
    redis_url: str, data_directory: Path
) -> None:
    archive, copy = data_directory / "archive", data_directory / "copy"
    with backups.archiving(data_directory / "old", archive) as url:
        await upgrade(url)
        async with pool(url, application="catalog-tests", pool_size=10) as old:
            await projected(old, redis_url, await imported(old, 0, 100))
            first = await signed(old)
            await asyncio.to_thread(backups.copied, url, copy)
            head = await imported(old, 100, 150)
            await projected(old, redis_url, head)
            second, before, history = await signed(old), await shown(old), await logged(old)
            async with driver(old) as connection:
                moment = await connection.fetchval("select clock_timestamp()::text")
            lost = await imported(old, 150, 160)
            await projected(old, redis_url, lost)
            third = await signed(old)
            async with driver(old) as connection:
                await connection.execute("drop schema event_store, projections cascade")
            await archived(old)

    with backups.recovered(copy, archive, moment) as url:
        async with pool(url, application="catalog-tests", pool_size=10) as anew:
            await promoted(anew)
            assert await logged(anew) == history
            assert await shown(anew) == before
            assert (await verified(anew, data_directory, [first, second])).findings == []
            told = (await verified(anew, data_directory, [third])).findings
            assert {(each.kind, each.catalog) for each in told} == {("tail", "main")}
            async with Redis.from_url(redis_url) as redis, running(anew, redis, most=5_000):
                await redis.flushdb()
                await caught_up(anew, await imported(anew, 150, 170))
                await assert_exact(anew, redis_url)
