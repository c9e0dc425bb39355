"""Catalogs of several sizes out of one feed, each in a database of its own."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from math import ceil

from benchmarks.feeds import Row, Snapshot, imported
from benchmarks.projected import projected
from cli.sample_catalog import KNOWN_SINCE
from events.database import driver, pool

TOLD = 1_000
"""How many products are told of at once."""


def chosen(rows: Sequence[Row], products: int) -> Sequence[Row]:
    """So many from all over the feed; all of them where it has no more."""
    few = min(products, len(rows))
    return [rows[n * len(rows) // few] for n in range(few)]


async def fill(url: str, rows: Sequence[Row], products: int, filled: Callable[[int], None]) -> int:
    """Import so many products, wait for a worker to project them: the position of the last event.

    Rows that don't suffice are repeated under other SKUs. `filled` hears of products as they are
    taken up.
    """
    copies = Snapshot(KNOWN_SINCE, chosen(rows, products)).lines(range(ceil(products / len(rows))))
    lines = _telling(islice(copies, products), filled)
    async with pool(url, application="catalog-bench", pool_size=4, command_timeout=None) as engine:
        report = await imported(engine, lines, KNOWN_SINCE)
        if report.created != products:
            raise RuntimeError(report)
        async with driver(engine) as connection:
            await projected(connection, report.position)
            await connection.execute("vacuum analyze")
    return report.position


def _telling(lines: Iterator[bytes], filled: Callable[[int], None]) -> Iterator[bytes]:
    for n, line in enumerate(lines, 1):
        yield line
        if n % TOLD == 0:
            filled(TOLD)
