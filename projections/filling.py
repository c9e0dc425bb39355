"""Fills the tables of a generation from the log: side by side, by COPY, each stream folded once."""

import asyncio
from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver
from events.recorded import Recorded
from projections.applying import apply, apply_what_can_be, is_of_the_data
from projections.folding import FOLDED_AT_ONCE, Change, Folding
from projections.generations import analyze, indexes, make_index, make_keys
from projections.leases import Lease
from projections.parking import read_discarded
from projections.portions import Portion, Portions
from projections.read_models import READ_TABLES

type Write = Callable[[Connection, Lease, Sequence[Change]], Awaitable[object]]

_UNHURRIED = "set local synchronous_commit = off"


@dataclass(frozen=True, slots=True)
class Filling:
    """By catalog: a lease on the tables to fill, and the positions of discarded events."""

    leases: Mapping[str, Lease]
    discarded: Mapping[str, Collection[int]]
    folded: Callable[[int], None]
    """Is told how many events were folded."""


async def fill(
    engine: AsyncEngine,
    leases: Mapping[str, Lease],
    upto: Mapping[str, int],
    *,
    parallel: int,
    folded: Callable[[int], None],
) -> None:
    """Bring empty tables to a position in each catalog, on so many connections at a time."""
    async with driver(engine) as connection:
        discarded = {each: await read_discarded(connection, each) for each in upto}
    filling = Filling(leases, discarded, folded)
    portions = Portions(upto)
    await _together(_fill(engine, portions, filling) for _ in range(parallel))


async def index_all(engine: AsyncEngine, generation: int, *, parallel: int) -> None:
    """Make the keys and indexes of all its tables, on so many connections at a time."""
    waiting = iter(indexes(generation))
    await _together(_index(engine, waiting) for _ in range(parallel))
    async with driver(engine) as connection:
        await make_keys(connection, generation)


async def analyze_all(engine: AsyncEngine, generation: int) -> None:
    """Let the planner know what is in its tables."""
    await _together(_analyze(engine, generation, each) for each in READ_TABLES)


async def _analyze(engine: AsyncEngine, generation: int, table: Table) -> None:
    async with driver(engine) as connection:
        await analyze(connection, generation, table)


async def _index(engine: AsyncEngine, waiting: Iterator[str]) -> None:
    async with driver(engine) as connection:
        for each in waiting:
            await make_index(connection, each)


async def _together(coroutines: Iterable[Coroutine[None, None, None]]) -> None:
    """All of them at a time; the first that fails ends the others, and its failure is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for each in coroutines:
                group.create_task(each)
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from failed


async def _fill(engine: AsyncEngine, portions: Portions, filling: Filling) -> None:
    async with driver(engine) as connection:
        while portion := await portions.following(connection):
            try:
                events = await _fill_portion(connection, portion, filling, apply)
            except Exception as error:
                if not is_of_the_data(error):
                    raise
                events = await _fill_portion(connection, portion, filling, apply_what_can_be)
            filling.folded(events)


async def _fill_portion(
    connection: Connection, portion: Portion, filling: Filling, write: Write
) -> int:
    """How many events it had."""
    lease, discarded = filling.leases[portion.catalog], filling.discarded[portion.catalog]
    events = 0
    async with connection.transaction():
        await connection.execute(_UNHURRIED)
        whole = write is not apply
        async for page, changes in _changes(portion.pages(connection), discarded, whole=whole):
            await write(connection, lease, changes)
            events += page
    return events


async def _changes(
    pages: AsyncIterator[list[Recorded]], discarded: Collection[int], *, whole: bool
) -> AsyncIterator[tuple[int, list[Change]]]:
    """By page its events, and what became of each stream that ended in it.

    Unless streams are needed as a `whole`, one that goes on is written as far as it is settled: of
    a long one there would be thousands of documents.
    """
    unfinished: Folding | None = None
    following: UUID | None = None
    async for page in pages:
        changes: list[Change] = []
        for count, (stream, events) in enumerate(groupby(page, attrgetter("stream_id"))):
            if count % FOLDED_AT_ONCE == 0:
                await asyncio.sleep(0)
            if unfinished is None or stream != following:
                changes += [unfinished.change()] if unfinished else []
                unfinished, following = Folding(None, discarded), stream
            unfinished.take(list(events))
        changes += [unfinished.settle()] if unfinished and not whole else []
        yield len(page), changes
    if unfinished:
        yield 0, [unfinished.change()]
