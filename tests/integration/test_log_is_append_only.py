"""What the log's owner, and even a superuser, can't do by mistake; and what shows if they mean it.

Who owns a table can always take its triggers away. What is rewritten then is found by its digest.
"""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from tests.appends import appended, asked, logged
from tests.audited import Verify
from tests.given import LAMP
from tests.logins import logged_in

pytest_plugins = ("tests.verify_fixtures",)

TABLES = ["catalogs", "streams", "events", "claims", "idempotency", "snapshots"]
ATTACKS = [
    "update event_store.events set actor = 'nobody'",
    "update event_store.events set actor = actor where false",
    "delete from event_store.events",
    "truncate event_store.events",
    "truncate event_store.events restart identity cascade",
    "truncate event_store.claims, event_store.events",
    "with gone as (delete from event_store.events returning *) select * from gone",
    """merge into event_store.events e using (select 1 as position) as m on e.position = m.position
       when matched then update set actor = 'nobody'""",
    """insert into event_store.events select * from event_store.events
       on conflict (catalog_id, position) do update set actor = 'nobody'""",
    "delete from event_store.streams",
    "truncate event_store.streams",
    "delete from event_store.catalogs",
    "truncate event_store.catalogs cascade",
]
PARENT = """
    create table event_store.parent (like event_store.{table});
    alter table event_store.{table} inherit event_store.parent;
"""
PARTITIONED = """
    create table event_store.parent (like event_store.{table}) partition by list (catalog_id);
    alter table event_store.parent attach partition event_store.{table} default;
"""
REFERENCED = """
    create table event_store.parent as select catalog_id, position from event_store.events;
    alter table event_store.parent add primary key (catalog_id, position);
    alter table event_store.events add foreign key (catalog_id, position)
        references event_store.parent on update cascade on delete cascade;
"""
MEANT = [
    "alter table event_store.events disable trigger all; {change}",
    """drop trigger events_are_append_only on event_store.events;
       drop trigger an_event_does_not_change on event_store.events; {change}""",
    """create or replace function event_store.refuse_change() returns trigger
       language plpgsql as $$ begin return new; end $$; {change}""",
    "alter table event_store.events alter column actor type text using 'nobody'",
]


@pytest.fixture(params=["owner", "superuser"])
async def owner(
    request: pytest.FixtureRequest, engine: AsyncEngine, database_url: str
) -> AsyncIterator[Connection]:
    """A log with an event, as those see it who own its tables."""
    await appended(engine, asked(LAMP))
    async with logged_in(database_url) as login, driver(engine) as superuser:
        name = await login.fetchval("select current_user")
        for kind, owned in [
            ("schema", "event_store"),
            ("function", "event_store.refuse_change"),
            *(("table", f"event_store.{table}") for table in TABLES),
        ]:
            await superuser.execute(f"alter {kind} {owned} owner to {name}")
        yield login if request.param == "owner" else superuser


async def is_refused(connection: Connection, attack: str, *, after: str = "select") -> bool:
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(after)
        await connection.execute(attack)
    except asyncpg.RestrictViolationError as error:
        return "the event log is append-only" in str(error)
    else:
        return False
    finally:
        await transaction.rollback()


async def test_the_owner_changes_nothing(engine: AsyncEngine, owner: Connection) -> None:
    before = await logged(engine)
    assert [each for each in ATTACKS if not await is_refused(owner, each)] == []
    assert await logged(engine) == before


@pytest.mark.parametrize("role", ["replica", "local"])
async def test_not_even_a_superuser_in_a_replica_s_session(engine: AsyncEngine, role: str) -> None:
    await appended(engine, asked(LAMP))
    session = f"set local session_replication_role = '{role}'"
    async with driver(engine) as superuser:
        done = [each for each in ATTACKS if not await is_refused(superuser, each, after=session)]
    assert done == []


@pytest.mark.parametrize("table", ["events", "streams", "catalogs"])
@pytest.mark.parametrize("adoption", [PARENT, PARTITIONED])
async def test_nothing_goes_by_way_of_a_parent(
    owner: Connection, table: str, adoption: str
) -> None:
    adopted = adoption.format(table=table)
    for change in ("delete from event_store.parent", "truncate event_store.parent"):
        assert await is_refused(owner, change, after=adopted), change


@pytest.mark.parametrize("adoption", [PARENT, PARTITIONED, REFERENCED])
async def test_no_event_is_changed_from_above(owner: Connection, adoption: str) -> None:
    adopted = adoption.format(table="events")
    for change in ("update event_store.parent set position = 7", "delete from event_store.parent"):
        assert await is_refused(owner, change, after=adopted), change


@pytest.mark.parametrize("owner", ["owner"], indirect=True)
async def test_an_owner_alone_can_t_make_it_a_replica_s_session(owner: Connection) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await owner.execute("set session_replication_role = 'replica'")


@pytest.mark.parametrize("statement", MEANT)
async def test_an_owner_who_takes_the_triggers_away_is_found_by_verify(
    owner: Connection, verify: Verify, statement: str
) -> None:
    assert (await verify()).code == 0
    change = "update event_store.events set actor = 'nobody'"
    await owner.execute(statement.format(change=change))
    told = await verify()
    assert told.code == 1
    assert ("digest", 1, str(LAMP), 1) in told.findings
