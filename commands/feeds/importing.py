"""The one importer: a feed through the same decisions as any write.

Batches go to the log by the group commit, and while some commit the next is read and decided. What
is kept of each makes three things cheap: to see that a row says what it said last time, to know
what is missing from a feed, and to go on where an import was broken off.
"""

import asyncio
import os
import socket
from asyncio import Task
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator

from commands.errors import EmptyFeed, TooManyErrors
from commands.feeds.asked import Asked
from commands.feeds.batches import BATCH, SETTLED_AT_ONCE, batches
from commands.feeds.missing import Archiving
from commands.feeds.report import Phase, Report
from commands.feeds.rows import Feed
from commands.feeds.run import Run
from commands.feeds.runs import run_of
from commands.feeds.settling import Decided, Settling
from commands.write_side import WriteSide
from events.errors import Refused


async def import_feed(
    side: WriteSide,
    feed: Feed,
    asked: Asked,
    told: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Bring the catalog's products to what the feed says, and tell after each batch what was done.

    What was interrupted goes on under the id of its first run, and counts what that one did; to do
    it all again is harmless as well.

    Raises `ImportRunning`, `UnreadableFeed`, `TooManyErrors` and `EmptyFeed`, all but the first
    after what could be done; and `DatabaseUnavailable`, `AppendUnconfirmed`, `AppendQueueFull` and
    `RunLost` for what is to be tried again.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}"
    async with run_of(side.appender.engine, side.catalog, feed, asked, holder) as run:
        report = Report(run.id, run.counts, run.position, resumed_at=run.line)
        await _Importing(side, feed, asked, run, report, told).all()
    return report


async def _aside[T](items: Iterator[T]) -> AsyncIterator[T]:
    """Made in a thread: a feed may have much to pass over, and the loop has more to do."""
    while (item := await asyncio.to_thread(next, items, None)) is not None:
        yield item


class _Importing:
    def __init__(
        self,
        side: WriteSide,
        feed: Feed,
        asked: Asked,
        run: Run,
        report: Report,
        told: Callable[[Report], None],
    ) -> None:
        self._side = side
        self._feed = feed
        self._asked = asked
        self._run = run
        self._report = report
        self._told = told
        self._settling = Settling(side, feed, asked, run)

    async def all(self) -> None:
        await self._rows()
        if self._asked.mode == "sync":
            await self._missing()
        self._tell("done")

    async def _rows(self) -> None:
        """Raises what `import_feed` does; what was decided before a refusal is settled."""
        limit = min(BATCH, max(1, self._side.appender.queue_limit // SETTLED_AT_ONCE))
        settling: deque[Task[None]] = deque()
        try:
            async for batch in _aside(batches(self._feed, self._run.line, limit)):
                decided = await self._settling.decide(batch)
                if len(settling) == SETTLED_AT_ONCE:
                    await settling.popleft()
                    self._check()
                before = settling[-1] if settling else None
                settling.append(asyncio.create_task(self._settle(decided, before)))
            await asyncio.gather(*settling)
            self._check()
        except Refused:
            await asyncio.gather(*settling)
            raise
        finally:
            for each in settling:
                each.cancel()
            await asyncio.gather(*settling, return_exceptions=True)
            await self._side.appender.drain()

    async def _settle(self, decided: Decided, before: Task[None] | None) -> None:
        """Appended beside the batch before it, and kept after it."""
        await self._settling.append(decided)
        if before:
            await before
        await self._settling.keep(decided)
        self._tell("reading")

    def _check(self) -> None:
        allowed = self._asked.max_errors
        if allowed is not None and self._run.counts.failed > allowed:
            raise TooManyErrors(failed=self._run.counts.failed)

    async def _missing(self) -> None:
        """Where rows have no SKU, nobody knows what is missing. Raises `EmptyFeed`."""
        counts = self._run.counts
        if counts.rows == counts.failed:
            raise EmptyFeed
        if self._report.withheld:
            return
        if self._asked.dry_run:
            counts.archived = 0  # an attempt that was interrupted may have counted some
        archiving, after = Archiving(self._side, self._asked, self._run), ""
        while (last := await archiving.page(after)) is not None:
            self._tell("archiving")
            after = last

    def _tell(self, phase: Phase) -> None:
        self._report.counts, self._report.position = self._run.counts, self._run.position
        self._report.phase = phase
        self._told(self._report)
