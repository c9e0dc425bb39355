"""Catalogs of several sizes out of one feed, each in a database of its own."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import ceil

from benchmarks.material.feeds import Row, imported, lines
from benchmarks.material.projected import projected
from cli.sample_catalog import KNOWN_SINCE
from commands.feeds.report import Report
from events.database import driver, pool


def chosen(rows: Sequence[Row], products: int) -> Sequence[Row]:
    """So many from all over the feed; all of them where it has no more."""
    few = min(products, len(rows))
    return [rows[n * len(rows) // few] for n in range(few)]


def copies(rows: Sequence[Row], products: int) -> Iterator[bytes]:
    """So many as NDJSON: rows that don't suffice are repeated under other SKUs."""
    return islice(lines(chosen(rows, products), range(ceil(products / len(rows)))), products)


async def fill(url: str, rows: Sequence[Row], products: int, filled: Callable[[int], None]) -> int:
    """Import so many products, wait for a worker to project them: the position of the last event.

    `filled` hears of products as they are imported.
    """
    async with pool(url, application="catalog-bench", pool_size=4, command_timeout=None) as engine:
        report = await imported(engine, copies(rows, products), KNOWN_SINCE, told=_telling(filled))
        if report.counts.created != products:
            raise RuntimeError(report)
        async with driver(engine) as connection:
            await projected(connection, report.position)
            await connection.execute("vacuum analyze")
    return report.position


def _telling(filled: Callable[[int], None]) -> Callable[[Report], None]:
    told = 0

    def tell(report: Report) -> None:
        nonlocal told
        filled(report.counts.rows - told)
        told = report.counts.rows

    return tell
