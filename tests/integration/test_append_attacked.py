"""The append function does for its callers what it is for, and nothing that they make it do."""

import re
from hashlib import sha256
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from events.append import Append, Appended, ClaimTaken, append
from events.codec import Encoded
from events.database import driver
from events.log import read_heads
from events.recorded import Recorded
from tests.appends import appended, asked, logged, taking
from tests.given import LAMP, opened
from tests.logins import logged_in
from tests.signing import CANONICAL

FORGEABLE = re.compile("position|version|head|recorded|digest|catalog_id")
SHADOWS = """
    create temp table events (like event_store.events);
    create temp table streams (like event_store.streams);
    create temp table catalogs (like event_store.catalogs);
    create temp table claims (like event_store.claims);
    create temp table idempotency (like event_store.idempotency);
    create function mine.sha256(bytea) returns bytea language sql as $$ select ''::bytea $$;
    create function mine.convert_to(text, name) returns bytea
        language sql as $$ select ''::bytea $$;
    create function mine.clock_timestamp() returns timestamptz
        language sql as $$ select '1999-01-01'::timestamptz $$;
    create function mine.canonical_event(
        text, bigint, uuid, integer, text, smallint, text, text, text, text,
        timestamptz, timestamptz) returns text language sql as $$ select '' $$;
    create function mine.never(text, text) returns boolean language sql as $$ select false $$;
    create operator mine.= (leftarg = text, rightarg = text, function = mine.never);
    create domain mine.json as text;
    set search_path = mine, pg_temp, event_store, pg_catalog;
"""
NASTY = [
    "'; drop table event_store.events; --",
    "\\'); truncate event_store.events; --",
    '"},"position":7,"x":{"',
    "$$; select 1; $$",
    "%s %(name)s {0} $1 :name ?",
    "\\x00 \\u0000 \\",
    "\x1b[2J\r\n\t\x7f",
    "' || (select current_user) || '",
]


async def canonical(engine: AsyncEngine, event: Recorded) -> str:
    stored = f"select {CANONICAL} from event_store.events where catalog_id = $1 and position = $2"
    async with driver(engine) as connection:
        return str(await connection.fetchval(stored, event.catalog_id, event.position))


async def test_nobody_can_say_where_or_when_an_event_is_recorded(engine: AsyncEngine) -> None:
    async with driver(engine) as connection:
        asked_for = await connection.fetchval(
            "select array(select name from unnest(proargnames, proargmodes) as a (name, mode)"
            " where mode = 'i') from pg_proc where oid = 'event_store.append'::regproc"
        )
    assert {name for name in asked_for if FORGEABLE.search(name)} == {
        "append_digest",  # of the request, beside its key
        "event_schema_version",
    }


async def test_what_lies_in_the_caller_s_path_is_not_used(
    engine: AsyncEngine, database_url: str
) -> None:
    async with driver(engine) as connection:
        await connection.execute("create schema mine; grant all on schema mine to public")
    async with logged_in(database_url, "catalog_command") as login:
        await login.execute(SHADOWS)
        (outcome,) = await append(
            login, "main", "product", [asked(LAMP, claims=taking("LAMP-1"), key="k")]
        )
        shadows = ("events", "streams", "catalogs", "claims", "idempotency")
        assert [await login.fetch(f"select * from pg_temp.{name}") for name in shadows] == [[]] * 5
    assert outcome == Appended(LAMP, 1, 1)
    (event,) = await logged(engine)
    assert event.recorded_at.year > 2000
    assert event.digest == sha256((await canonical(engine, event)).encode()).digest()


@pytest.mark.parametrize("text", NASTY)
async def test_text_is_text(engine: AsyncEngine, text: str) -> None:
    log = await opened(engine, text)
    one = Append(
        stream_id=LAMP,
        events=[Encoded(text, 1, "{}")],
        actor=text,
        correlation_id=text,
        causation_id=text,
        claims=taking(text),
    )
    assert await appended(engine, one, catalog=log.catalog) == [Appended(LAMP, 1, 1)]
    (event,) = await logged(engine, text)
    told = (event.catalog_id, event.type, event.actor, event.correlation_id, event.causation_id)
    assert told == (text,) * 5
    fight = asked(claims=taking(text))
    assert await appended(engine, fight, catalog=text) == [ClaimTaken("sku", text, LAMP)]
    assert await logged(engine) == []


@pytest.mark.parametrize("field", ["actor", "correlation_id", "causation_id", "type", "claim"])
async def test_nul_is_refused_whole(engine: AsyncEngine, field: str) -> None:
    given = dict.fromkeys(["actor", "correlation_id", "causation_id", "type", "claim"], "a")
    given[field] = "a\0b"
    one = Append(
        stream_id=LAMP,
        events=[Encoded(given["type"], 1, "{}")],
        actor=given["actor"],
        correlation_id=given["correlation_id"],
        causation_id=given["causation_id"],
        claims=taking(given["claim"]),
    )
    with pytest.raises(asyncpg.CharacterNotInRepertoireError):
        await appended(engine, one)
    assert await logged(engine) == []


@pytest.mark.parametrize(
    "data", ["", "{", '{},"position":7', '{}}{"x":{}', "{'a':1}", '{"a":NaN}', "/* */ {}"]
)
async def test_data_that_is_no_json_is_refused(engine: AsyncEngine, data: str) -> None:
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        await appended(engine, asked(LAMP, Encoded("ProductRenamed", 1, data)))
    assert await logged(engine) == []


MANY = """
    select * from event_store.append(
        'main', 'product', array[$1, $2]::uuid[], array[null, null]::integer[],
        array[null, null], array[null, null]::bytea[], array['me', 'me'], array['me', 'me'],
        array[null, null], array[null, null]::timestamptz[], $3, $4,
        array['X', 'X'], array[1, 1]::smallint[], array['{}', '{}'], '{}', '{}', '{}')
"""


@pytest.mark.parametrize("counts", [[1, 2], [3, 0], [2, -1], [-1, 2], [-1, -1], [0, 0], [1], []])
async def test_counts_that_do_not_fit_leave_no_gap(engine: AsyncEngine, counts: list[int]) -> None:
    """Whether the call is refused or not."""
    await appended(engine, asked(LAMP))
    async with driver(engine) as connection:
        try:
            await connection.fetch(MANY, UUID(int=8), UUID(int=9), counts, [0, 0])
        except asyncpg.PostgresError:
            assert len(await logged(engine)) == 1
    log = await logged(engine)
    assert [event.position for event in log] == list(range(1, len(log) + 1))
    versions: dict[UUID, list[int]] = {}
    for event in log:
        versions.setdefault(event.stream_id, []).append(event.version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
    async with driver(engine) as connection:
        assert (await read_heads(connection))["main"] == len(log)
        streams = await connection.fetch("select stream_id, version from event_store.streams")
    assert {row["stream_id"]: row["version"] for row in streams} == {
        stream: len(found) for stream, found in versions.items()
    }
