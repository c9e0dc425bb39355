"""A PostgreSQL as durable as in production, and databases on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import asyncpg
from sqlalchemy.engine import make_url

from cli import embedded
from migrations.run import upgrade

SETTINGS = MappingProxyType(
    {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "shared_buffers": "2GB",
        "max_wal_size": "16GB",
        "checkpoint_timeout": "30min",
        "max_connections": "400",
    }
)


@contextmanager
def started() -> Iterator[str]:
    """The URL of a fresh server; what it stored goes with it."""
    with (
        TemporaryDirectory(prefix="catalog-bench-") as directory,
        embedded.postgres(Path(directory), SETTINGS) as postgres,
    ):
        yield postgres.url


async def create_database(server: str, name: str) -> str:
    """The URL of a new, migrated database."""
    await administer(server, f"create database {name}")
    url = database_url(server, name)
    await upgrade(url)
    return url


async def copy_database(url: str, name: str) -> str:
    """The URL of a copy of a database that nobody is connected to."""
    database = make_url(url).database
    copy = f"create database {name} template {database} strategy file_copy"
    await administer(database_url(url, "postgres"), copy)
    return database_url(url, name)


def database_url(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


async def administer(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for each in statements:
            await connection.execute(each)
    finally:
        await connection.close()


async def delay_commits(url: str, milliseconds: int) -> None:
    """From now on every commit in the database, of whatever driver, is that much slower."""
    database = make_url(url).database
    await administer(
        url,
        f"alter database {database} set commit_siblings = 0",
        f"alter database {database} set commit_delay = {milliseconds * 1000}",
    )
