import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from tests.appends import appended, asked, logged

ATTACKS = [
    "update event_store.events set actor = 'nobody'",
    "delete from event_store.events",
    "truncate event_store.events",
]
INSERT = """
    insert into event_store.events
    select catalog_id, position + 1, stream_id, version + 1, type, schema_version, data, actor,
           correlation_id, causation_id, occurred_at, recorded_at, digest
    from event_store.events
"""
HOLLOW_TRIGGER = """
    create or replace function event_store.refuse_change() returns trigger
    language plpgsql as $$ begin return null; end $$
"""
WAYS_AROUND = [
    INSERT,
    "update event_store.catalogs set head = 7",
    "update event_store.streams set version = 7",
    "delete from event_store.claims",
    "alter table event_store.events disable trigger all",
    "drop trigger events_are_append_only on event_store.events",
    HOLLOW_TRIGGER,
    "drop table event_store.events",
    "set session_replication_role = 'replica'",
]
ROLES = ["catalog_command", "catalog_query", "catalog_projection"]
APPEND = """
    select * from event_store.append(
        'main', 'product', array[gen_random_uuid()], array[0], array[null], array[null::bytea],
        array['me'], array['me'], array[null], array[null::timestamptz], array[1], array[0],
        array['X'], array[1::smallint], array['{}'], '{}', '{}', '{}'::boolean[])
"""


async def attack(engine: AsyncEngine, statement: str, role: str | None = None) -> None:
    async with driver(engine) as connection, connection.transaction():
        if role:
            await connection.execute(f"set local role {role}")
        await connection.execute(statement)


@pytest.mark.parametrize("statement", ATTACKS)
async def test_even_its_owner_does_not_change_the_log(engine: AsyncEngine, statement: str) -> None:
    await appended(engine, asked())
    before = await logged(engine)
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await attack(engine, statement)
    assert await logged(engine) == before


@pytest.mark.parametrize("role", ROLES)
async def test_no_side_changes_the_log(engine: AsyncEngine, role: str) -> None:
    await appended(engine, asked())
    before = await logged(engine)
    for statement in [*ATTACKS, *WAYS_AROUND]:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await attack(engine, statement, role)
    assert await logged(engine) == before


@pytest.mark.parametrize("role", ["catalog_query", "catalog_projection"])
async def test_who_reads_cannot_append(engine: AsyncEngine, role: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await attack(engine, APPEND, role)
    assert await logged(engine) == []


async def test_the_command_side_appends(engine: AsyncEngine) -> None:
    await attack(engine, APPEND, "catalog_command")
    assert [event.actor for event in await logged(engine)] == ["me"]


@pytest.mark.parametrize("role", ROLES)
async def test_every_side_reads_the_log(engine: AsyncEngine, role: str) -> None:
    await attack(engine, "select * from event_store.events", role)
