"""Settles a batch: what is known, what its rows mean, what is appended, what is kept of it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched
from uuid import UUID

from commands.appending import to_append
from commands.feeds.asked import Asked
from commands.feeds.batches import Batch, repeated
from commands.feeds.deciding import Decision, decide
from commands.feeds.known import Digests, Known, load, look_up
from commands.feeds.marks import Offer, keep_failures, offer, see
from commands.feeds.probing import probing
from commands.feeds.refusing import fault
from commands.feeds.rows import Feed, Row, Unfit
from commands.feeds.run import Run, advance, hold
from commands.load import Unfolded
from commands.write_side import WriteSide
from events.append import Appended
from events.database import Connection
from events.errors import Refused

LOADED_AT_ONCE = 200
"""Streams: each may have a long history."""
DECIDED_AT_ONCE = 50
"""Rows: some milliseconds, then what commits meanwhile has its turn."""

type Rows = Mapping[str, Row]
"""By SKU."""


@dataclass(slots=True)
class Decided:
    batch: Batch
    decisions: list[Decision] = field(default_factory=list)
    """Not yet carried out."""
    digests: dict[str, bytes] = field(default_factory=dict)
    """Of its rows, by SKU."""
    offers: list[Offer] = field(default_factory=list)
    position: int = 0


class Settling:
    def __init__(self, side: WriteSide, feed: Feed, asked: Asked, run: Run) -> None:
        self._side = side
        self._feed = feed
        self._asked = asked
        self._run = run
        self._digests = Digests(feed)
        self._circumstances = run.circumstances(asked)

    async def decide(self, batch: Batch) -> Decided:
        decided = Decided(batch)
        await self._decide(decided, batch.rows)
        return decided

    async def append(self, decided: Decided) -> None:
        """Carry out what was decided; where others were faster, what is decided then.

        Raises `DatabaseUnavailable`, `AppendUnconfirmed` and `AppendQueueFull`.
        """
        while decided.decisions:
            await self._decide(decided, await self._carry_out(decided))

    async def keep(self, decided: Decided) -> None:
        """After those before it. Raises `DatabaseUnavailable` and `RunLost`."""
        async with probing(self._side.appender.engine) as connection:
            await self._keep(connection, decided)

    async def _decide(self, decided: Decided, rows: Rows) -> None:
        if not rows:
            return
        engine, catalog, batch = self._side.appender.engine, self._side.catalog, decided.batch
        decided.digests = {sku: self._digests.of(row) for sku, row in rows.items()}
        async with probing(engine) as connection:
            known = await look_up(
                connection, catalog, self._asked.source, self._run, decided.digests
            )
        pending = {sku: row for sku, row in rows.items() if _is_open(batch, row, known[sku])}
        for some in batched(pending.items(), LOADED_AT_ONCE):
            streams = await load(engine, catalog, (known[sku].stream for sku, _ in some))
            for few in batched(some, DECIDED_AT_ONCE):
                for sku, row in few:
                    self._decide_row(decided, sku, row, known[sku], streams)
                await asyncio.sleep(0)

    def _decide_row(
        self,
        decided: Decided,
        sku: str,
        row: Row,
        known: Known,
        streams: Mapping[UUID, Unfolded],
    ) -> None:
        try:
            decision = decide(self._feed, sku, row, known, streams, self._run)
        except Unfit as unfit:
            decided.batch.fail(row, unfit.faults)
        except Refused as refusal:
            decided.batch.fail(row, [fault(refusal)])
        else:
            decided.decisions.append(decision)

    async def _carry_out(self, decided: Decided) -> Rows:
        """Those rows that somebody else was faster with."""
        decisions, decided.decisions = decided.decisions, []
        events = [each for each in decisions if each.events and not self._asked.dry_run]
        for decision in decisions:
            if self._asked.dry_run or not decision.events:
                self._tally(decided, decision, decision.version)
        return await self._append(decided, events)

    async def _append(self, decided: Decided, decisions: Sequence[Decision]) -> Rows:
        if not decisions:
            return {}
        again = {}
        await hold(self._side.appender.engine, self._run)
        outcomes = await self._side.appender.append_all(
            [to_append(d.stream, d.events, d.version, self._circumstances) for d in decisions]
        )
        for decision, outcome in zip(decisions, outcomes, strict=True):
            if isinstance(outcome, Appended):
                self._tally(decided, decision, outcome.version)
                decided.position = max(decided.position, outcome.position)
            else:
                again[decision.sku] = decision.row
        return again

    def _tally(self, decided: Decided, decision: Decision, version: int) -> None:
        decided.batch.counts.count(decision.effect)
        digest = decided.digests[decision.sku]
        decided.offers.append(
            Offer(decision.sku, decision.stream, digest, version, decision.row.line)
        )

    async def _keep(self, connection: Connection, decided: Decided) -> None:
        batch, run = decided.batch, self._run
        run.counts += batch.counts
        run.line = max(run.line, batch.line)
        run.position = max(run.position, decided.position)
        await advance(connection, run)
        await keep_failures(connection, run, batch.failures)
        offers = [] if self._asked.dry_run else decided.offers
        await offer(connection, self._side.catalog, self._asked.source, run, offers)
        told = {each.sku for each in offers}
        await see(connection, run, {sku: row for sku, row in batch.rows.items() if sku not in told})


def _is_open(batch: Batch, row: Row, known: Known) -> bool:
    """Whether there is something to decide. What came before in this very line was told of it."""
    if known.earlier_line not in {None, row.line}:
        batch.fail(row, repeated(known.earlier_line))
        return False
    if known.is_settled:
        batch.counts.count("unchanged")
    return not known.is_settled
