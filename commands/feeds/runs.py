"""Whose an import is: one of a source at a time, and what is gone on with where it broke off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec
from asyncpg import Record
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.errors import ImportRunning
from commands.feeds.asked import Asked, reason_of
from commands.feeds.report import Counts
from commands.feeds.rows import Feed
from commands.feeds.run import (
    INTERRUPTIONS,
    LEASE,
    Outcome,
    Run,
    RunLost,
    end,
    keep_holding,
    release,
)
from events.database import Connection, driver, statement
from events.errors import Refused

LOOK_SECONDS = 0.25

_BEGIN = statement(__package__, "sql/begin_run.sql")
_RESUME = statement(__package__, "sql/resume_run.sql")
_GIVE_UP = statement(__package__, "sql/give_up_run.sql")
_FIND_HELD = statement(__package__, "sql/find_held_run.sql")
_MAKE_UP = statement(__package__, "sql/make_up_for_run.sql")
_ABANDON = statement(__package__, "sql/abandon_run.sql")
_FORGET_SEEN = statement(__package__, "sql/forget_seen.sql")

_counts = msgspec.json.Decoder(Counts)


@asynccontextmanager
async def run_of(
    engine: AsyncEngine, catalog: str, feed: Feed, asked: Asked, holder: str
) -> AsyncIterator[Run]:
    """The only run of its source. What interrupts it may be gone on with; a refusal ends it.

    Raises `ImportRunning` and `DatabaseUnavailable`.
    """
    run = await _taken(engine, catalog, feed, asked, holder)
    holding = asyncio.create_task(keep_holding(engine, run))
    try:
        yield run
    except RunLost:
        raise
    except BaseException as error:
        if isinstance(error, Refused) and not isinstance(error, INTERRUPTIONS):
            await end(engine, run, "failed", str(error))
        else:
            await release(engine, run)
        raise
    finally:
        holding.cancel()
    await end(engine, run, "succeeded")


async def abandon(
    connection: Connection,
    catalog: str,
    source: str,
    identity: bytes,
    outcome: Outcome,
    problem: str | None = None,
) -> None:
    """End the run that was interrupted of a feed that nobody will go on with."""
    ended = (catalog, source, identity, outcome, problem)
    if run_id := await connection.fetchval(_ABANDON, *ended):
        await _clear(connection, run_id, source)


async def _taken(engine: AsyncEngine, catalog: str, feed: Feed, asked: Asked, holder: str) -> Run:
    """Waits for the lease of one who has fallen silent, and no longer than that."""
    seen: Record | None = None
    while True:
        async with driver(engine) as connection, connection.transaction():
            if run := await _take(connection, catalog, feed, asked, holder):
                return run
            held = await connection.fetchrow(_FIND_HELD, catalog, asked.source)
        if held and seen and held["held_until"] != seen["held_until"]:
            raise ImportRunning(run_id=str(held["run_id"]), holder=held["holder"])
        seen = held
        await asyncio.sleep(LOOK_SECONDS)


async def _take(
    connection: Connection, catalog: str, feed: Feed, asked: Asked, holder: str
) -> Run | None:
    key = (catalog, asked.source)
    if row := await connection.fetchrow(_RESUME, *key, asked.identity, holder, LEASE):
        return _run(row)
    if given_up := await connection.fetchval(_GIVE_UP, *key, asked.identity):
        await _clear(connection, given_up, asked.source)
    new = (asked.run_id, *key, asked.mode, asked.dry_run, asked.identity, feed.form)
    who = ([*feed.columns], asked.actor, asked.correlation_id)
    counts = msgspec.json.encode(Counts()).decode()
    row = await connection.fetchrow(_BEGIN, *new, *who, counts, holder, LEASE)
    return None if row is None else _run(row)


async def _clear(connection: Connection, run_id: UUID, source: str) -> None:
    """Nobody goes on with this run: what it appended and did not keep is kept now."""
    await connection.execute(_MAKE_UP, run_id, reason_of(source))
    await connection.execute(_FORGET_SEEN, run_id)


def _run(row: Record) -> Run:
    return Run(**{**row, "counts": _counts.decode(row["counts"])})
