"""Who may read the key that signs, and write what is signed: the worker alone."""

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from tests.signing import grown, signed

CHECKPOINT = "insert into event_store.checkpoints values ('main', 9, '', '')"
NODE = "insert into event_store.tree_nodes values ('main', 1, 9, '')"
KEY = "insert into event_store.log_keys values ('log', '', '')"
PRIVATE_KEY = "select private_key from event_store.log_keys"
CHANGES = [
    f"{change} event_store.{table}"
    for table in ("checkpoints", "tree_nodes")
    for change in ("delete from", "truncate")
] + [
    "update event_store.checkpoints set size = size + 1",
    "update event_store.tree_nodes set hash = ''",
]
KEY_CHANGES = [
    KEY,
    "update event_store.log_keys set name = 'mallory'",
    "delete from event_store.log_keys",
    "truncate event_store.log_keys",
]
READ = [
    "select * from event_store.checkpoints",
    "select * from event_store.tree_nodes",
    "select name, public_key, created_at from event_store.log_keys",
]


async def attempt(engine: AsyncEngine, statement: str, role: str | None = None) -> None:
    async with driver(engine) as connection, connection.transaction():
        if role:
            await connection.execute(f"set local role {role}")
        await connection.execute(statement)


@pytest.mark.parametrize("role", ["catalog_command", "catalog_query"])
async def test_only_the_worker_signs(engine: AsyncEngine, role: str) -> None:
    for statement in (PRIVATE_KEY, "select * from event_store.log_keys", CHECKPOINT, NODE):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await attempt(engine, statement, role)


@pytest.mark.parametrize("role", ["catalog_command", "catalog_query", "catalog_projection"])
async def test_no_process_changes_what_is_signed(engine: AsyncEngine, role: str) -> None:
    for statement in CHANGES + KEY_CHANGES:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await attempt(engine, statement, role)


@pytest.mark.parametrize("setting", ["origin", "replica"])
@pytest.mark.parametrize("statement", CHANGES)
async def test_nor_does_its_owner(engine: AsyncEngine, statement: str, setting: str) -> None:
    """Not even as if it were replicated."""
    await grown(engine, 300)
    before = await signed(engine)
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await attempt(engine, f"set local session_replication_role = '{setting}'; {statement}")
    assert await signed(engine) == before


@pytest.mark.parametrize("role", ["catalog_query", "catalog_projection"])
async def test_what_is_signed_may_be_read(engine: AsyncEngine, role: str) -> None:
    for statement in READ:
        await attempt(engine, statement, role)


async def test_there_is_one_key(engine: AsyncEngine) -> None:
    with pytest.raises(asyncpg.UniqueViolationError, match="log_keys_only_one"):
        await attempt(engine, KEY)


async def test_the_worker_signs(engine: AsyncEngine) -> None:
    for statement in (PRIVATE_KEY, CHECKPOINT, NODE):
        await attempt(engine, statement, "catalog_projection")
