"""Whoever is not the log's owner reads it, appends by its function, or does neither: never more."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from tests.appends import appended, asked, taking
from tests.logins import logged_in

GROUPS = ["catalog_command", "catalog_query", "catalog_projection", None]
TABLES = ["events", "streams", "catalogs", "claims", "idempotency"]
APPEND = """
    select * from event_store.append(
        'main', 'product', array[gen_random_uuid()], array[0], array[null], array[null::bytea],
        array['me'], array['me'], array[null], array[null::timestamptz], array[1], array[0],
        array['X'], array[1::smallint], array['{}'], '{}', '{}', '{}'::boolean[])
"""

CHANGES = [
    "update event_store.events set actor = 'nobody'",
    "update event_store.events set actor = actor where false",
    "update event_store.catalogs set head = 7",
    "update event_store.streams set version = 7",
    "update event_store.claims set stream_id = gen_random_uuid()",
    "update event_store.idempotency set position = 7",
    *(f"delete from event_store.{table}" for table in TABLES if table != "idempotency"),
    *(f"truncate event_store.{table}" for table in TABLES),
    "truncate event_store.events cascade",
    "truncate only event_store.events restart identity",
    "truncate event_store.catalogs, event_store.streams, event_store.events",
    """merge into event_store.events e using (select 1 as position) as m on e.position = m.position
       when matched then delete""",
    "select * from event_store.events for update",
    "do $$ begin lock table event_store.events in share mode; end $$",
]
ADDITIONS = [
    """insert into event_store.events
       select catalog_id, position + 1, stream_id, version + 1, type, schema_version, data, actor,
              correlation_id, causation_id, occurred_at, recorded_at, digest
       from event_store.events""",
    "insert into event_store.streams values ('main', gen_random_uuid(), 'product', 1, 1, now())",
    "insert into event_store.claims values ('main', 'sku', 'MINE', gen_random_uuid())",
    "insert into event_store.idempotency select * from event_store.idempotency",
    """insert into event_store.catalogs (catalog_id, name, default_currency, head)
       values ('mine', 'Mine', 'EUR', 7)""",
    "select event_store.restore('main', 'product')",
    "copy event_store.events from stdin",
    "copy event_store.events from '/dev/null'",
    "copy event_store.events from program 'true'",
    "copy event_store.events to program 'true'",
]
DEFINITIONS = [
    "drop table event_store.events",
    "drop table event_store.events cascade",
    "drop schema event_store cascade",
    "alter table event_store.events rename to gone",
    "alter table event_store.events set schema public",
    "alter table event_store.events owner to current_user",
    "alter table event_store.events set unlogged",
    "alter table event_store.events drop column digest",
    "alter table event_store.events alter column actor set default 'me'",
    "alter table event_store.events drop constraint events_stream_version",
    "alter table event_store.events detach partition event_store.streams",
    "alter table event_store.events attach partition event_store.streams default",
    "alter table event_store.events inherit event_store.streams",
    "alter table event_store.events enable row level security",
    "create policy none on event_store.events using (false)",
    "create rule forget as on insert to event_store.events do instead nothing",
    "create index on event_store.events (actor)",
    "cluster event_store.events using events_pkey",
    "alter table event_store.events disable trigger events_are_append_only",
    "alter table event_store.events disable trigger all",
    "alter table event_store.events disable trigger user",
    "drop trigger events_are_append_only on event_store.events",
    """create trigger mine before insert on event_store.events
       for each row execute function pg_catalog.suppress_redundant_updates_trigger()""",
    "set session_replication_role = 'replica'",
    "set session_replication_role = 'local'",
    "drop function event_store.append",
    "alter function event_store.append set search_path = public",
    "alter function event_store.append security invoker",
    "alter function event_store.refuse_change rename to gone",
    """create or replace function event_store.refuse_change() returns trigger
       language plpgsql as $$ begin return null; end $$""",
    """create or replace function event_store.canonical_event(
           text, bigint, uuid, integer, text, smallint, text, text, text, text,
           timestamptz, timestamptz) returns text language sql as $$ select '' $$""",
    "create function event_store.mine() returns text language sql as $$ select '' $$",
    "create table event_store.mine ()",
    "create view event_store.mine as select 1",
    "create schema mine",
    "alter schema event_store rename to gone",
    "grant catalog_command to current_user",
    "set role postgres",
    "alter system set fsync = off",
    "do $$ begin execute 'truncate event_store.events'; end $$",
]


@pytest.fixture(autouse=True)
async def whole(engine: AsyncEngine) -> AsyncIterator[None]:
    """A log with an event and a claim; after the attacks everything is as it was."""
    await appended(engine, asked(claims=taking("LAMP-1"), key="k"))
    before = await contents(engine)
    yield
    assert await contents(engine) == before


@pytest.fixture(params=GROUPS, ids=str)
async def somebody(request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[Connection]:
    async with logged_in(database_url, request.param) as login:
        yield login


async def contents(engine: AsyncEngine) -> dict[str, list[str]]:
    queries = {table: f"select t::text from event_store.{table} t" for table in TABLES} | {
        "functions": "select pg_get_functiondef(oid) from pg_proc"
        " where pronamespace = 'event_store'::regnamespace",
        "triggers": "select t::text from pg_trigger t",
        "members": "select c::text from pg_class c where relnamespace = 'event_store'::regnamespace"
        " and relkind <> 'i'",
    }
    async with driver(engine) as connection:
        return {
            name: sorted(row[0] for row in await connection.fetch(query))
            for name, query in queries.items()
        }


async def is_refused(login: Connection, statement: str) -> bool:
    try:
        await login.execute(statement)
    except asyncpg.InsufficientPrivilegeError:
        return True
    return False


@pytest.mark.parametrize("attacks", [CHANGES, ADDITIONS, DEFINITIONS])
async def test_they_are_refused(somebody: Connection, attacks: list[str]) -> None:
    assert [each for each in attacks if not await is_refused(somebody, each)] == []


async def test_records_are_not_copied_in(somebody: Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await somebody.copy_records_to_table(
            "events", schema_name="event_store", columns=["position"], records=[(7,)]
        )


@pytest.mark.parametrize("group", ["catalog_command", "catalog_query", "catalog_projection"])
async def test_a_table_of_ones_own_does_not_become_a_part_of_the_log(
    database_url: str, group: str
) -> None:
    """By way of a child, what is read of the parent would grow."""
    async with logged_in(database_url, group) as login:
        await login.execute("create temp table mine (like event_store.events)")
        for statement in (
            "alter table mine inherit event_store.events",
            "alter table event_store.events attach partition mine default",
            "create temp table child () inherits (event_store.events)",
        ):
            assert await is_refused(login, statement), statement


@pytest.mark.parametrize("group", ["catalog_query", "catalog_projection", None])
async def test_only_the_command_side_appends(database_url: str, group: str | None) -> None:
    async with logged_in(database_url, group) as login:
        assert await is_refused(login, APPEND)


@pytest.mark.parametrize("group", ["catalog_command", "catalog_query", "catalog_projection"])
async def test_every_side_reads_the_log(database_url: str, group: str) -> None:
    async with logged_in(database_url, group) as login:
        await login.execute("select * from event_store.events")


async def test_who_belongs_to_no_side_reads_nothing(database_url: str) -> None:
    async with logged_in(database_url) as login:
        for table in TABLES:
            assert await is_refused(login, f"select * from event_store.{table}")
