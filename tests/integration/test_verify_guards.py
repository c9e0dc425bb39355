"""The triggers that keep the log are looked for, whatever the rows say."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from tests.audited import Verify

pytest_plugins = ("tests.verify_fixtures",)

TRIGGERS = """
    select relname, tgname from pg_trigger join pg_class on pg_class.oid = tgrelid
    where relnamespace = 'event_store'::regnamespace and not tgisinternal
    order by tgname
"""
OTHER = """
    create function event_store.allow_change() returns trigger language plpgsql
    as $$ begin return null; end $$;
    create or replace trigger {1} before update on event_store.{0}
    for each statement execute function event_store.allow_change();
    alter table event_store.{0} enable always trigger {1};
"""


async def changed(engine: AsyncEngine, statement: str) -> list[tuple[str, str]]:
    """With each trigger in place of {1}, of the table {0}."""
    async with driver(engine) as connection:
        triggers = [(table, name) for table, name in await connection.fetch(TRIGGERS)]
        for trigger in triggers:
            await connection.execute(statement.format(*trigger))
    return triggers


@pytest.mark.parametrize(
    "statement",
    [
        "alter table event_store.{0} disable trigger {1}",
        "alter table event_store.{0} enable trigger {1}",
        "alter table event_store.{0} enable replica trigger {1}",
        "drop trigger {1} on event_store.{0}",
    ],
)
async def test_each_trigger_that_is_not_always_on_is_named(
    engine: AsyncEngine, verify: Verify, statement: str
) -> None:
    triggers = await changed(engine, statement)
    told = await verify()
    expected = {("guard", f"{table}.{name}") for table, name in triggers}
    assert (told.code, {*told.findings}) == (1, expected)
    assert len(told.findings) == len(expected) > 0


async def test_a_trigger_that_does_something_else_is_named(
    engine: AsyncEngine, verify: Verify
) -> None:
    async with driver(engine) as connection:
        await connection.execute(OTHER.format("events", "events_are_append_only"))
    told = await verify()
    assert (told.code, told.findings) == (1, [("guard", "events.events_are_append_only")])
