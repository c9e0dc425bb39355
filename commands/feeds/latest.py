"""The latest imports, as an operator asks for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec
from asyncpg import Record

from commands.feeds.report import Counts, Mode
from commands.feeds.run import Outcome
from events.database import Connection, statement

_READ = statement(__package__, "sql/read_latest_runs.sql")

_counts = msgspec.json.Decoder(Counts)


@dataclass(frozen=True, slots=True)
class LatestRun:
    run_id: UUID
    catalog: str
    source: str
    mode: Mode
    dry_run: bool
    actor: str
    begun_at: datetime
    ended_at: datetime | None
    line: int
    """Up to which every row is settled."""
    position: int
    """Of the log, at which its last event was appended; 0 when it has none."""
    holder: str | None
    """The process that works on it now."""
    correlation_id: str
    """Of its events."""
    outcome: Outcome | None
    problem: str | None
    """Why it failed."""
    counts: Counts

    @property
    def state(self) -> Outcome | Literal["running", "interrupted"]:
        """What was interrupted goes on when the same feed comes again."""
        if self.outcome:
            return self.outcome
        return "running" if self.holder else "interrupted"


async def read_latest_runs(
    connection: Connection, catalog: str | None, limit: int
) -> list[LatestRun]:
    """Those of all catalogs when it is None; the newest first."""
    return [_run(row) for row in await connection.fetch(_READ, catalog, limit)]


def _run(row: Record) -> LatestRun:
    return LatestRun(**{**row, "counts": _counts.decode(row["counts"])})
