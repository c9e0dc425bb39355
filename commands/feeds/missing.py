"""The end of a sync: what the source offered and is missing from its feed is archived."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from commands.appending import to_append
from commands.errors import UnknownProduct
from commands.feeds.asked import Asked, reason_of
from commands.feeds.known import load
from commands.feeds.marks import Withdrawal, withdraw
from commands.feeds.probing import probing
from commands.feeds.run import Run, advance, hold
from commands.load import Unfolded
from commands.product import product
from commands.product.messages import ArchiveProduct
from commands.write_side import WriteSide
from events.append import Append, Appended
from events.database import statement
from events.errors import Undecodable

PAGE = 2_000
"""Products that are looked at; those of them that are missing are archived together."""

log = structlog.get_logger(__name__)

_FIND = statement(__package__, "sql/find_missing.sql")


@dataclass(frozen=True, slots=True)
class Missing:
    sku: str
    stream: UUID
    is_offered_elsewhere: bool


@dataclass(slots=True)
class Page:
    withdrawals: list[Withdrawal] = field(default_factory=list)
    archived: int = 0
    position: int = 0


class Archiving:
    def __init__(self, side: WriteSide, asked: Asked, run: Run) -> None:
        self._side = side
        self._asked = asked
        self._run = run
        self._limit = min(PAGE, side.appender.queue_limit)
        self._command = ArchiveProduct(reason=reason_of(asked.source))
        self._circumstances = run.circumstances(asked)

    async def page(self, after: str) -> str | None:
        """Archive what is missing beyond that SKU: the last one, or None when there is no more."""
        async with probing(self._side.appender.engine) as connection:
            rows = await connection.fetch(
                _FIND, self._side.catalog, self._asked.source, self._run.id, after, self._limit
            )
        last = rows[0]["last"]
        if last is None:
            return None
        missing = [Missing(*found) for _, *found in rows if found[0] is not None]
        page = Page()
        for each in missing:
            if each.is_offered_elsewhere:
                page.withdrawals.append(Withdrawal(each.sku, each.stream, None))
        pending = [each for each in missing if not each.is_offered_elsewhere]
        while pending:
            pending = await self._archive(pending, page)
        await self.keep(page)
        return str(last)

    async def _archive(self, missing: Sequence[Missing], page: Page) -> list[Missing]:
        """Those that somebody else was faster with."""
        streams = [each.stream for each in missing]
        unfolded = await load(self._side.appender.engine, self._side.catalog, streams)
        to_do = []
        for each in missing:
            try:
                append = self._decided(unfolded[each.stream], each)
            except Undecodable as error:
                log.warning("not_archived", sku=each.sku, reason=str(error))
                continue
            except UnknownProduct:
                page.withdrawals.append(Withdrawal(each.sku, each.stream, None))
                continue
            if append is None:
                self._tally_archived(page, each, unfolded[each.stream])
            else:
                to_do.append((each, append))
        return await self._append(to_do, page)

    def _decided(self, unfolded: Unfolded, missing: Missing) -> Append | None:
        """Raises `Undecodable`."""
        loaded = unfolded.fold()
        events = product.decide_all([self._command], loaded.state)
        if not events:
            return None
        return to_append(missing.stream, events, loaded.version, self._circumstances)

    async def _append(self, to_do: Sequence[tuple[Missing, Append]], page: Page) -> list[Missing]:
        if self._asked.dry_run:
            page.archived += len(to_do)
            return []
        await hold(self._side.appender.engine, self._run)
        outcomes = await self._side.appender.append_all([append for _, append in to_do])
        again = []
        for (each, _), outcome in zip(to_do, outcomes, strict=True):
            if isinstance(outcome, Appended):
                page.archived += 1
                page.position = max(page.position, outcome.position)
                page.withdrawals.append(Withdrawal(each.sku, each.stream, outcome.version))
            else:
                again.append(each)
        return again

    def _tally_archived(self, page: Page, missing: Missing, unfolded: Unfolded) -> None:
        """By an attempt of this run that was interrupted, or else by somebody: it stays his."""
        last = unfolded.since[-1] if unfolded.since else None
        if last and self._run.has_appended(last):
            page.archived += 1
            page.withdrawals.append(Withdrawal(missing.sku, missing.stream, last.version))
        else:
            page.withdrawals.append(Withdrawal(missing.sku, missing.stream, None))

    async def keep(self, page: Page) -> None:
        run = self._run
        run.counts.archived += page.archived
        run.position = max(run.position, page.position)
        async with probing(self._side.appender.engine) as connection:
            await advance(connection, run)
            if not self._asked.dry_run:
                await withdraw(connection, self._side.catalog, self._asked.source, page.withdrawals)
