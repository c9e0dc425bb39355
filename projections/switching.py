"""Makes another generation the one that is read, in one short transaction."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass, replace
from time import monotonic

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import Connection, driver, statement
from projections.errors import BuildLost, SwitchTimedOut
from projections.generations import show
from projections.meeting import Built, advance_to, follow, join

PATIENCE_SECONDS = 600.0
"""For long queries on the views: reports, dumps."""
LONGEST_PAUSE_SECONDS = 2.0

_PATIENT = """
set local lock_timeout = '1s';
set local idle_in_transaction_session_timeout = '10s';
"""
_IMPATIENT = "set local lock_timeout = '200ms'"
"""For the views: whoever asks for them meanwhile has to wait, too."""
_DURABLE = "set local synchronous_commit = on"

_HOLD_BUILDING = statement(__package__, "sql/hold_building.sql")
_HOLD_CHECKPOINTS = "lock table projections.checkpoints in share row exclusive mode"
_READ_LIVE = statement(__package__, "sql/read_live_checkpoints.sql")
_RETIRE = statement(__package__, "sql/retire_live.sql")
_GO_LIVE = statement(__package__, "sql/go_live.sql")


@dataclass(frozen=True, slots=True)
class Switched:
    number: int
    """Counts how often another generation came to be read."""
    positions: Mapping[str, int]


async def switch(engine: AsyncEngine, built: Built) -> Switched:
    """Let it be read from now on, from where the generation that was live has come to.

    Raises `BuildLost`, and `SwitchTimedOut` where queries don't let go of the views.
    """
    deadline, pause = monotonic() + PATIENCE_SECONDS, 0.1
    while monotonic() < deadline:
        await follow(engine, built)
        with suppress(asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            async with driver(engine) as connection, connection.transaction():
                return await _switch(connection, built)
        await asyncio.sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
    raise SwitchTimedOut


async def _switch(connection: Connection, built: Built) -> Switched:
    await connection.execute(_PATIENT)
    if not await connection.fetchval(_HOLD_BUILDING, built.generation, built.holder):
        raise BuildLost(generation=built.generation)
    await connection.execute(_HOLD_CHECKPOINTS)
    positions = await _advanced(connection, built)
    await connection.execute(_IMPATIENT)
    await show(connection, built.generation)
    await connection.execute(_RETIRE)
    number: int = await connection.fetchval(_GO_LIVE, built.generation)
    await connection.execute(_DURABLE)
    return Switched(number, positions)


async def _advanced(connection: Connection, built: Built) -> Mapping[str, int]:
    """Where it stands when it is nowhere behind the live generation, which stands still."""
    attempt = replace(built, leases=copy(built.leases), positions=copy(built.positions))
    targets = {row["catalog_id"]: row["position"] for row in await connection.fetch(_READ_LIVE)}
    await join(connection, attempt, targets)
    for catalog, target in targets.items():
        await advance_to(connection, attempt, catalog, target)
    return attempt.positions
