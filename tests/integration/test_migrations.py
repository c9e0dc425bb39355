"""Who may migrate, and how often."""

import asyncio

import asyncpg
from sqlalchemy.engine import make_url

from migrations.run import upgrade
from tests.servers import Servers

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
