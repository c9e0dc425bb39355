"""The rows that an import refused, to be corrected and imported again.

What begins with an underscore is passed over by an import: `_line` and `_errors` say where a row
stood and what was wrong with it, `_text` is one that is no row at all.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import islice
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from commands.feeds.refused import cells, members
from commands.feeds.refused.rows import RunOfFeed, read_failures
from commands.feeds.report import Failure
from events.database import driver

type ReportForm = Literal["ndjson", "csv"]

PAGE = 50
"""Failures that are read at once: each has up to 64 Ki characters of its row."""


async def refused_rows(
    engine: AsyncEngine, run_id: UUID, run: RunOfFeed, form: ReportForm
) -> AsyncIterator[bytes]:
    """One header, however many pages: neither the report nor its rows have to fit into memory.

    While a reader takes what he has, no connection waits.
    """
    is_first = True
    async for page in _pages(engine, run_id):
        lines = report(run, page, form)
        yield b"".join(lines if is_first or form == "ndjson" else islice(lines, 1, None))
        is_first = False


def report(run: RunOfFeed, failures: Iterable[Failure], form: ReportForm) -> Iterator[bytes]:
    """A line a failure, or a header and a row a failure, which end in CRLF (RFC 4180).

    A row of CSV is in NDJSON an object of its cells, by their columns. Of a row of JSON, a lone
    apostrophe in CSV is what it leaves out.
    """
    if form == "ndjson":
        return (members.line(run, failure) for failure in failures)
    return cells.rows(run, failures)


async def _pages(engine: AsyncEngine, run_id: UUID) -> AsyncIterator[list[Failure]]:
    """At least one."""
    after = 0
    while True:
        async with driver(engine) as connection:
            page = await read_failures(connection, run_id, after=after, limit=PAGE)
        yield page
        if len(page) < PAGE:
            return
        after = page[-1].line
