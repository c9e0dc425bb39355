"""Who may migrate, and how often."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from alembic import command
from asyncpg import Record
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from events.database import Connection as Driver
from migrations.errors import MigrationBlocked
from migrations.run import config, upgrade
from tests.servers import Servers

EARLIER = "0007"

OWNER = "plain_owner"


async def test_an_owner_that_may_not_make_roles_migrates_when_they_are_there(
    servers: Servers, worker_id: str
) -> None:
    """As on a managed database: somebody made them, and it a member of the worker's group."""
    name = f"plain_{worker_id}"
    template = make_url(servers.database_url)
    server = template.set(database="postgres").render_as_string(hide_password=False)
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"create role {OWNER}_{name} login in role catalog_projection")
        await connection.execute(f"create database {name} owner {OWNER}_{name}")
        url = template.set(database=name, username=f"{OWNER}_{name}")
        address = url.render_as_string(hide_password=False)
        await asyncio.gather(upgrade(address), upgrade(address))
    finally:
        await connection.execute(f"drop database if exists {name} with (force)")
        await connection.execute(f"drop role if exists {OWNER}_{name}")
        await connection.close()


@pytest.fixture
async def earlier(servers: Servers, worker_id: str) -> AsyncIterator[str]:
    """The address of a database of an earlier release."""
    name = f"earlier_{worker_id}"
    template = make_url(servers.database_url)
    server = await asyncpg.connect(
        template.set(database="postgres").render_as_string(hide_password=False)
    )
    await server.execute(f"create database {name}")
    engine = create_async_engine(template.set(database=name, drivername="postgresql+asyncpg"))
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_to_earlier)
        yield template.set(database=name).render_as_string(hide_password=False)
    finally:
        await engine.dispose()
        await server.execute(f"drop database {name} with (force)")
        await server.close()


def _to_earlier(connection: Connection) -> None:
    command.upgrade(config(connection), EARLIER)


async def test_a_migration_that_has_to_wait_holds_up_nobody_for_long(earlier: str) -> None:
    """Whoever reads asks for a lock behind that of the migration, and gets it in its pauses."""
    holding, reading = [await asyncpg.connect(earlier) for _ in range(2)]
    try:
        await holding.execute("begin")
        assert await _read(holding) == []
        migrating = asyncio.create_task(upgrade(earlier, patience_seconds=30))
        while not (await _waiting(holding)):
            assert not migrating.done()
        async with asyncio.timeout(10):
            assert await _read(reading) == []
        await holding.execute("commit")
        await migrating
    finally:
        await holding.close()
        await reading.close()


async def test_a_migration_that_is_never_let_gives_up_and_has_changed_nothing(earlier: str) -> None:
    holding = await asyncpg.connect(earlier)
    try:
        await holding.execute("begin")
        assert await _read(holding) == []
        with pytest.raises(MigrationBlocked):
            await upgrade(earlier, patience_seconds=0)
        assert await holding.fetchval("select version_num from alembic_version") == EARLIER
    finally:
        await holding.close()


async def _read(connection: Driver) -> list[Record]:
    return await connection.fetch("select * from access.sessions, event_store.events")


async def _waiting(connection: Driver) -> bool:
    return bool(
        await connection.fetchval(
            "select exists (select from pg_locks join pg_stat_activity using (pid)"
            " where not granted and datname = current_database())"
        )
    )
