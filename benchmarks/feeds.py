"""A supplier's whole catalog as it was known on some days: what a log is filled with."""

import gzip
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.story import ACTOR, CATALOG, CORRELATION_ID
from cli.sample_catalog import KNOWN_SINCE
from commands.appending import KIND, Circumstances
from commands.feeds import Importer, Report
from commands.write_side import WriteSide
from events.appender import Appender

SAMPLE = Path(__file__).parent.parent / "cli" / "sample" / "products.ndjson.gz"
MONTH = timedelta(days=30)
MONTHS = 2
PRICES_THAT_STAY = 3
"""One price in so many is the same a month later."""

type Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    known_since: datetime
    rows: Sequence[Row]

    def lines(self, copies: range) -> Iterator[bytes]:
        """NDJSON; each copy but number 0 has SKUs of its own."""
        for copy in copies:
            suffix = f"-{copy}" if copy else ""
            for row in self.rows:
                yield json.dumps(row | {"sku": row["sku"] + suffix}).encode()


def read_snapshots(feeds: Sequence[Path]) -> list[Snapshot]:
    """Files whose names have their days, in that order; without any, months of the sample."""
    if feeds:
        return [Snapshot(_day(feed), read_rows(feed)) for feed in feeds]
    first = Snapshot(KNOWN_SINCE, read_rows(SAMPLE))
    return [first, *(_later(first, months) for months in range(1, MONTHS + 1))]


def read_rows(feed: Path) -> list[Row]:
    """Of NDJSON, plain or gzip."""
    packed = feed.read_bytes()
    text = gzip.decompress(packed) if feed.suffix == ".gz" else packed
    return [json.loads(line) for line in text.splitlines()]


async def imported(engine: AsyncEngine, lines: Iterable[bytes], known_since: datetime) -> Report:
    appender = Appender(engine, CATALOG, KIND, queue_limit=2_000, batch_limit=500)
    circumstances = Circumstances(
        actor=ACTOR, correlation_id=CORRELATION_ID, occurred_at=known_since
    )
    return await Importer(WriteSide(appender), circumstances).run(lines)


def _day(feed: Path) -> datetime:
    """Raises `ValueError` for a name without one."""
    found = re.search(r"\d{4}-\d{2}-\d{2}", feed.name)
    if found is None:
        raise ValueError(f"{feed.name} has no day (YYYY-MM-DD) in its name")
    return datetime.fromisoformat(found[0]).replace(tzinfo=UTC)


def _later(first: Snapshot, months: int) -> Snapshot:
    rows = [
        row if n % PRICES_THAT_STAY == months % PRICES_THAT_STAY else _repriced(row, months)
        for n, row in enumerate(first.rows)
    ]
    return Snapshot(first.known_since + months * MONTH, rows)


def _repriced(row: Row, months: int) -> Row:
    prices = [price | {"amount": price["amount"] + months} for price in row["prices"]]
    return row | {"prices": prices}
