"""An import that is ours: how far it has come, and that nobody else goes on with it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.appending import Circumstances
from commands.feeds.asked import Asked
from commands.feeds.report import Counts
from events.database import Connection, driver, statement
from events.errors import AppendQueueFull, AppendUnconfirmed, DatabaseUnavailable, Explained
from events.recorded import Recorded

type Outcome = Literal["succeeded", "failed", "cancelled", "superseded"]
"""How a run ended; another feed of its source has superseded one that was interrupted."""

LEASE = timedelta(seconds=5)
"""After which a run that nobody goes on with may be taken over."""

_ADVANCE = statement(__package__, "sql/advance_run.sql")
_HOLD = statement(__package__, "sql/hold_run.sql")
_RELEASE = statement(__package__, "sql/release_run.sql")
_END = statement(__package__, "sql/end_run.sql")
_FORGET_SEEN = statement(__package__, "sql/forget_seen.sql")


class RunLost(Explained):
    """Somebody else goes on with this import: it was silent for too long."""


INTERRUPTIONS = (RunLost, AppendQueueFull, AppendUnconfirmed, DatabaseUnavailable)
"""What breaks a run off that may be gone on with."""


@dataclass(slots=True)
class Run:
    id: UUID
    epoch: int
    correlation_id: str
    head: int
    """Of the log, before anything was imported."""
    line: int
    """Up to which every row is settled."""
    position: int
    counts: Counts = field(default_factory=Counts)
    held_at: float = field(default_factory=monotonic)
    """When it was last known to be ours."""

    def circumstances(self, asked: Asked) -> Circumstances:
        """Of all that it appends, whichever attempt does."""
        return Circumstances(
            actor=asked.actor, correlation_id=self.correlation_id, occurred_at=asked.occurred_at
        )

    def has_appended(self, event: Recorded) -> bool:
        """Whether an attempt of this run did that was interrupted."""
        is_of_this_run = event.correlation_id == self.correlation_id
        return self.epoch > 1 and is_of_this_run and event.position > self.head


async def advance(connection: Connection, run: Run) -> None:
    """Keep how far the run has come, and its lease. Raises `RunLost`."""
    counts = msgspec.json.encode(run.counts).decode()
    told = (run.id, run.epoch, LEASE, run.line, run.position, counts)
    if await connection.fetchval(_ADVANCE, *told) is None:
        raise RunLost


async def hold(engine: AsyncEngine, run: Run) -> None:
    """Before anything is appended: who slept may have been taken for gone. Raises `RunLost`."""
    if monotonic() - run.held_at > LEASE.total_seconds() / 2:
        await _renew(engine, run)


async def keep_holding(engine: AsyncEngine, run: Run) -> None:
    """However long a batch takes, or what comes before the first."""
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 5)
        with suppress(DatabaseUnavailable, RunLost):
            await _renew(engine, run)


async def _renew(engine: AsyncEngine, run: Run) -> None:
    now = monotonic()
    async with driver(engine) as connection:
        if await connection.fetchval(_HOLD, run.id, run.epoch, LEASE) is None:
            raise RunLost
    run.held_at = now


async def end(engine: AsyncEngine, run: Run, outcome: Outcome, problem: str | None = None) -> None:
    async with driver(engine) as connection, connection.transaction():
        if await connection.fetchval(_END, run.id, run.epoch, outcome, problem) is None:
            raise RunLost
        await connection.execute(_FORGET_SEEN, run.id)


async def release(engine: AsyncEngine, run: Run) -> None:
    """Whoever goes on need not wait for the lease to run out."""
    with suppress(DatabaseUnavailable):
        async with driver(engine) as connection:
            await connection.execute(_RELEASE, run.id, run.epoch)
