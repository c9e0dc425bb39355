"""A supplier's whole catalog as it was known on some days: what a log is filled with."""

import gzip
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from benchmarks.material.story import ACTOR, CATALOG, CORRELATION_ID
from cli.sample_catalog import KNOWN_SINCE
from commands.appending import KIND
from commands.feeds.asked import Asked
from commands.feeds.formats.opening import Reading, open_feed
from commands.feeds.importing import import_feed
from commands.feeds.report import Mode, Report
from commands.write_side import WriteSide
from events.appender import Appender

SAMPLE = Path(__file__).parents[2] / "cli" / "sample" / "products.ndjson.gz"
MONTH = timedelta(days=30)
MONTHS = 2
PRICES_THAT_STAY = 3
"""One price in so many is the same a month later."""
AWAY = 50
"""Products that a month leaves out; the next one has them again, and leaves out others."""

type Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    known_since: datetime
    rows: Sequence[Row]
    name: str
    """Of its file."""

    def __str__(self) -> str:
        return f"{self.name} ({len(self.rows):,} rows)"

    def lines(self, copies: range) -> Iterator[bytes]:
        """As `lines`."""
        return lines(self.rows, copies)

    def repeated(self, times: int) -> Self:
        return replace(self, rows=list(_copies(self.rows, range(times))))


def lines(rows: Sequence[Row], copies: range) -> Iterator[bytes]:
    """NDJSON; each copy but number 0 has SKUs of its own."""
    return map(msgspec.json.encode, _copies(rows, copies))


def read_snapshots(feeds: Sequence[Path]) -> list[Snapshot]:
    """Files whose names have their days, in that order; without any, months of the sample."""
    if feeds:
        return [Snapshot(_day(feed), read_rows(feed), feed.name) for feed in feeds]
    first = Snapshot(KNOWN_SINCE, read_rows(SAMPLE), "the sample")
    return [first, *(_later(first, months) for months in range(1, MONTHS + 1))]


def read_rows(feed: Path) -> list[Row]:
    """Of NDJSON, plain or gzip."""
    packed = feed.read_bytes()
    text = gzip.decompress(packed) if feed.suffix == ".gz" else packed
    return [msgspec.json.decode(line) for line in text.splitlines()]


async def imported(
    engine: AsyncEngine,
    lines: Iterable[bytes],
    known_since: datetime,
    mode: Mode = "upsert",
    told: Callable[[Report], None] = lambda _: None,
) -> Report:
    """By this process, as a feed in a file. Raises what `import_feed` does."""
    side = WriteSide(Appender(engine, CATALOG, KIND, queue_limit=2_000, batch_limit=500))
    with TemporaryDirectory(prefix="catalog-bench-") as directory:
        path = Path(directory) / "feed.ndjson"
        write_lines(path, lines)
        run_id = uuid7()
        asked = Asked(
            run_id=run_id,
            identity=run_id.bytes,
            actor=ACTOR,
            correlation_id=CORRELATION_ID,
            mode=mode,
            occurred_at=known_since,
        )
        with open_feed(path, Reading()) as feed:
            report = await import_feed(side, feed, asked, told)
    await side.drain()
    return report


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """A line at a time; packed with gzip when its name says so."""
    with gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb") as file:
        file.writelines(line + b"\n" for line in lines)


def _copies(rows: Sequence[Row], copies: range) -> Iterator[Row]:
    for copy in copies:
        suffix = f"-{copy}" if copy else ""
        yield from (row | {"sku": row["sku"] + suffix} for row in rows)


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
    last = len(rows) - AWAY * (months - 1)
    return Snapshot(
        first.known_since + months * MONTH,
        rows[: last - AWAY] + rows[last:],
        f"{first.name}, month {months + 1}",
    )


def _repriced(row: Row, months: int) -> Row:
    prices = [price | {"amount": price["amount"] + months} for price in row["prices"]]
    return row | {"prices": prices}
