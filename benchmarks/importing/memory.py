"""What a long feed takes of the memory of the process that imports it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import uvloop

from benchmarks.harness.fresh import fresh
from benchmarks.harness.installation import Installation
from benchmarks.importing.command_line import peak_of_import
from benchmarks.importing.files import write_long
from benchmarks.importing.runs import last_run
from benchmarks.material.feeds import Snapshot
from commands.feeds.report import Counts
from events.database import driver, pool


@dataclass(frozen=True, slots=True)
class Held:
    expected: Counts
    did: Counts
    seconds: float
    """From when it had the feed open."""
    peak_bytes: int
    """Resident."""

    def __str__(self) -> str:
        return f"{self.expected.rows:,} rows, {'all new' if self.expected.created else 'all known'}"


def measure(
    installation: Installation, snapshot: Snapshot, rows: int, say: Callable[[str], None]
) -> Sequence[Held]:
    """Of a feed whose rows are all new, and of the same feed again; nobody projects meanwhile."""
    say(f"{rows:,} rows, twice")
    feed = write_long(snapshot, rows, installation.directory)
    expected = (Counts(rows=rows, created=rows), Counts(rows=rows, unchanged=rows))
    with fresh(installation, "feeds_memory") as place:
        return [uvloop.run(_held(place, feed, snapshot.known_since, each)) for each in expected]


async def _held(place: Installation, feed: Path, known_since: datetime, expected: Counts) -> Held:
    peak = await peak_of_import(place, feed, known_since)
    async with (
        pool(place.database_url, application="catalog-bench", pool_size=1) as engine,
        driver(engine) as connection,
    ):
        ended = await last_run(connection)
    return Held(expected, ended.counts, ended.seconds, peak)
