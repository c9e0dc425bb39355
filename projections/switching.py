"""Makes another generation the one that is read, in one short transaction."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver, statement
from projections.errors import BuildLost, SwitchTimedOut
from projections.generations import show
from projections.leases import Lease
from projections.meeting import advance_to

ATTEMPTS = 50
PAUSE_SECONDS = 0.1

_PATIENT = "set local lock_timeout = '1s'"
_IMPATIENT = "set local lock_timeout = '200ms'"
"""For the views: whoever asks for them meanwhile has to wait, too."""
_DURABLE = "set local synchronous_commit = on"

_HOLD_BUILDING = statement(__package__, "sql/hold_building.sql")
_HOLD_LIVE = statement(__package__, "sql/hold_live_checkpoints.sql")
_RETIRE = statement(__package__, "sql/retire_live.sql")
_GO_LIVE = statement(__package__, "sql/go_live.sql")


@dataclass(frozen=True, slots=True)
class Built:
    """A generation that is about to be read: under which leases, and up to where, by catalog."""

    generation: int
    holder: str
    leases: Mapping[str, Lease]
    positions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Switched:
    number: int
    """Counts how often another generation came to be read."""
    positions: Mapping[str, int]


async def switch(engine: AsyncEngine, built: Built) -> Switched:
    """Let it be read from now on, from where the generation that was live has come to.

    Raises `BuildLost`, and `SwitchTimedOut` where queries don't let go of the views.
    """
    for _ in range(ATTEMPTS):
        try:
            async with driver(engine) as connection, connection.transaction():
                return await _switch(connection, built)
        except asyncpg.LockNotAvailableError:
            await asyncio.sleep(PAUSE_SECONDS)
    raise SwitchTimedOut


async def _switch(connection: Connection, built: Built) -> Switched:
    await connection.execute(_PATIENT)
    if not await connection.fetchval(_HOLD_BUILDING, built.generation, built.holder):
        raise BuildLost(generation=built.generation)
    positions = dict(built.positions)
    for catalog, target in await connection.fetch(_HOLD_LIVE):
        if catalog in positions:  # a younger one is applied from its first event on
            lease = built.leases[catalog]
            positions[catalog] = await advance_to(connection, lease, positions[catalog], target)
    await connection.execute(_IMPATIENT)
    await show(connection, built.generation)
    await connection.execute(_RETIRE)
    number: int = await connection.fetchval(_GO_LIVE, built.generation)
    await connection.execute(_DURABLE)
    return Switched(number, positions)
