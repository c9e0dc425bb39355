"""What the catalog keeps of an import: from its beginning to its end by PostgreSQL's clock."""

from dataclasses import dataclass
from time import monotonic

import msgspec

from commands.feeds.report import Counts
from events.database import Connection, statement

_LAST = statement(__package__, "sql/last_run.sql")

_counts = msgspec.json.Decoder(Counts)


@dataclass(frozen=True, slots=True)
class Ended:
    counts: Counts
    position: int
    """Of its last event; 0 when it had none."""
    seconds: float
    """From when it had the feed open: without the start of its process."""
    at: float
    """By `monotonic` of this process."""


async def last_run(connection: Connection) -> Ended:
    """Raises `LookupError` when no import has ended."""
    row = await connection.fetchrow(_LAST)
    if row is None:
        raise LookupError("no import has ended")
    at = monotonic() - row["seconds_ago"]
    return Ended(_counts.decode(row["counts"]), row["position"], row["seconds"], at)
