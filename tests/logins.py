"""People with a login of their own in PostgreSQL, members of one group role or of none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import asyncpg
from sqlalchemy.engine import make_url

from events.database import Connection

numbers = count(1)


@asynccontextmanager
async def login(
    database_url: str, group: str | None = None, *, may: str = ""
) -> AsyncIterator[str]:
    """The address for somebody who is no superuser and owns nothing."""
    url = make_url(database_url)
    name = f"{url.database}_login_{next(numbers)}"
    administrator = await asyncpg.connect(database_url)
    try:
        await administrator.execute(f"create role {name} login {may}")
        if group:
            await administrator.execute(f"grant {group} to {name}")
        yield url.set(username=name).render_as_string(hide_password=False)
        await administrator.execute(f"drop owned by {name} cascade")
        await administrator.execute(f"drop role {name}")
    finally:
        await administrator.close()


@asynccontextmanager
async def logged_in(database_url: str, group: str | None = None) -> AsyncIterator[Connection]:
    """A connection of his."""
    async with login(database_url, group) as url:
        connection = await asyncpg.connect(url)
        try:
            yield connection
        finally:
            await connection.close()


@asynccontextmanager
async def own_database(database_url: str) -> AsyncIterator[str]:
    """The address of an empty database for who owns it, as `docker/roles.sql` makes him."""
    async with login(database_url, "catalog_projection", may="createrole") as url:
        mine = make_url(url)
        name = f"{mine.database}_own"
        administrator = await asyncpg.connect(database_url)
        try:
            await administrator.execute(f"create database {name} owner {mine.username}")
            yield mine.set(database=name).render_as_string(hide_password=False)
            await administrator.execute(f"drop database {name} with (force)")
        finally:
            await administrator.close()
