"""In which trace an event was appended: told by the append alone, beside what is true of it."""

from dataclasses import replace

import pytest
from asyncpg import CheckViolationError
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from commands.appending import KIND
from events.append import Append
from events.canonical_event import digest, exported
from events.database import driver, statement
from events.traceparents import read_links
from tests.appends import appended, asked, logged, renamed

SPANS = [f"00-{'a' * 32}-{span:016x}-01" for span in range(1, 10)]


def traced(traceparent: str | None, *, events: int = 1) -> Append:
    one = asked()
    return replace(one, events=[*one.events] * events, traceparent=traceparent)


async def spans(engine: AsyncEngine, *, after: int, upto: int, limit: int = 100) -> list[int]:
    async with driver(engine) as connection:
        links = await read_links(connection, "main", after=after, upto=upto, limit=limit)
    return [each.context.span_id for each in links]


async def test_the_spans_of_events_are_found_once_each_in_their_order(engine: AsyncEngine) -> None:
    await appended(engine, traced(SPANS[4], events=3), traced(None), traced(SPANS[1]))
    await appended(engine, traced(None), traced(SPANS[4]), traced(SPANS[0]))

    assert await spans(engine, after=0, upto=5) == [5, 2]
    assert await spans(engine, after=4, upto=8) == [2, 5, 1]
    assert await spans(engine, after=0, upto=8, limit=1) == [5]
    assert await spans(engine, after=5, upto=6) == []


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        SPANS[0].upper(),
        SPANS[0] + "\n",
        SPANS[0] + "-more",
        "01" + SPANS[0][2:],
        SPANS[0] * 1_000,
    ],
)
async def test_what_is_no_traceparent_is_refused(engine: AsyncEngine, malformed: str) -> None:
    with pytest.raises(CheckViolationError):
        await appended(engine, traced(SPANS[0]), traced(malformed))

    assert await logged(engine) == []


async def test_a_release_that_knows_nothing_of_traces_appends(engine: AsyncEngine) -> None:
    """Its processes run on while the database is migrated, and for a while after."""
    before = statement("events", "sql/append.sql").replace(", $19", "")
    one = ([uuid7()], [0], None, None, ["tests"], ["given"], None, None, [1], [0])
    event = ([renamed.type], [renamed.schema_version], [renamed.data])

    async with driver(engine) as connection:
        await connection.execute(before, "main", KIND, *one, *event, [], [], [])

    assert [each.type for each in await logged(engine)] == ["ProductRenamed"]


async def test_the_digest_is_of_the_fact_alone(engine: AsyncEngine) -> None:
    """What is exported, proved and restored does not tell of it."""
    await appended(engine, traced(SPANS[0]), traced(None))

    for event in await logged(engine):
        assert event.digest == digest(event)
        assert "traceparent" not in exported(event)
