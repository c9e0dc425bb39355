"""A read replica that has not come further than an empty database."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tests.servers import Servers


@pytest.fixture
async def lagging_url(servers: Servers, database_url: str) -> AsyncIterator[str]:
    mine, template = make_url(database_url), make_url(servers.database_url)
    name = f"{mine.database}_lagging"
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(f"create database {name} template {template.database}")
        yield mine.set(database=name).render_as_string(hide_password=False)
        await connection.execute(f"drop database {name} with (force)")
    finally:
        await connection.close()
