"""Brings a generation that is built to the very position where the live one stands."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver, statement
from events.log import read_heads
from events.walk import moment
from projections.errors import BuildLost
from projections.leases import Lease, acquire
from projections.projector import commit, prepare, project, refold

LEASE = timedelta(days=1)
"""Nobody else applies the log to a generation that is built: who builds it is fenced by that."""
BATCH = 2_000
CLOSE = 500
"""Fewer events than these are left for when the live generation stands still."""

_FIND_CHECKPOINT = statement(__package__, "sql/find_checkpoint.sql")
_FIND_DISCARDED = statement(__package__, "sql/find_discarded_since.sql")
_HOLD = statement(__package__, "sql/hold_checkpoint.sql")
_NOT_FOR_LONG = "set local idle_in_transaction_session_timeout = '10s'"
"""Whoever is cut off, or stops in between, lets the live generation go on."""


@dataclass(frozen=True, slots=True)
class Built:
    """A generation that is not read yet: under which leases, and up to where, by catalog."""

    generation: int
    holder: str
    leases: dict[str, Lease] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)


async def join(connection: Connection, built: Built, catalogs: Iterable[str]) -> None:
    """Let these catalogs belong to it, too, from where it has them. Raises `BuildLost`."""
    for catalog in catalogs:
        if catalog in built.leases:
            continue
        lease = await acquire(connection, catalog, built.generation, built.holder, LEASE)
        if lease is None:
            raise BuildLost(generation=built.generation)
        built.leases[catalog] = lease
        built.positions[catalog] = lease.checkpoint


async def follow(engine: AsyncEngine, built: Built) -> None:
    """Come close to the head of every log, also of those begun meanwhile. Raises `LeaseLost`."""
    async with driver(engine) as connection:
        await join(connection, built, await read_heads(connection))
    for catalog in built.leases:
        await catch_up(engine, built, catalog)


async def catch_up(engine: AsyncEngine, built: Built, catalog: str) -> None:
    """Apply what is there, until little is left. Raises `LeaseLost`."""
    lease = built.leases[catalog]
    async with driver(engine) as reader, driver(engine) as writer:
        more = True
        while more:
            batch = await prepare(reader, lease, built.positions[catalog], BATCH)
            built.positions[catalog] = (await commit(writer, lease, batch)).after
            more = len(batch.events) > CLOSE
        await _heed_discards(writer, built, catalog)


async def _heed_discards(connection: Connection, built: Built, catalog: str) -> None:
    """Nobody else folds again what stands still in a generation that is not read."""
    for row in await connection.fetch(_FIND_DISCARDED, catalog, built.generation):
        lease, position = built.leases[catalog], built.positions[catalog]
        await refold(connection, lease, position, row["stream_id"])


async def advance_to(connection: Connection, built: Built, catalog: str, target: int) -> None:
    """Apply all up to the target, unless that is there already."""
    while (position := built.positions[catalog]) < target:
        limit = min(BATCH, target - position)
        batch = await project(connection, built.leases[catalog], position, limit)
        built.positions[catalog] = batch.after


@asynccontextmanager
async def met(
    engine: AsyncEngine, built: Built, catalog: str, live: int
) -> AsyncIterator[Connection | None]:
    """A connection that sees both at one position.

    None where the live generation is not that far. It stands still only while they meet.
    Raises `BuildLost` where another one is live.
    """
    async with driver(engine) as holding, driver(engine) as writer, moment(engine) as seeing:
        near = await holding.fetchval(_FIND_CHECKPOINT, catalog, live) or 0
        await advance_to(writer, built, catalog, near)
        async with holding.transaction():
            await holding.execute(_NOT_FOR_LONG)
            target = await holding.fetchval(_HOLD, catalog, live)
            if target is None:
                raise BuildLost(generation=built.generation)
            behind = target < built.positions[catalog]
            if not behind:
                await advance_to(writer, built, catalog, target)
                await _heed_discards(writer, built, catalog)
                await seeing.execute("select")  # from here on it sees what there is now
        yield None if behind else seeing
