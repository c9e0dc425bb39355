"""One catalog's log, followed by this worker: what is new is applied under the catalog's lease."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter

from asyncpg import QueryCanceledError

from events.database import Connection
from projections.interventions import carry_out, finish, read_waiting
from projections.leases import Lease, acquire, confirm, release
from projections.projector import Batch, Progress, commit, prepare, refold
from workers import metrics
from workers.announcing import Announcing
from workers.pace import Pace, rest
from workers.retries import Retries
from workers.tracing import traced

TURN_SECONDS = 0.5
"""How long one catalog may keep the others waiting."""
INTERVENTIONS_A_TURN = 100
INTERVENING_SECONDS = 0.1
"""How long interventions may keep new events waiting."""


class Following:
    """Keeps the lease from one turn to the next, and knows where it left off."""

    def __init__(
        self,
        known: Progress,
        announcing: Announcing,
        *,
        holder: str,
        lease_seconds: float,
        most: int,
    ) -> None:
        self.known = known
        """How the catalog stood when all were last looked at."""
        self.wanted = False
        """Whether there may be something to do."""
        self.lease: Lease | None = None
        self.stopping = False
        self._announcing = announcing
        self._holder = holder
        self._lease_duration = timedelta(seconds=lease_seconds)
        self._pace = Pace(most)
        self._retries = Retries()
        self._checkpoint = 0
        self._applied = known
        """As what the turn began that is being had: another generation may come to be read."""

    @property
    def due(self) -> bool:
        return bool(self.known.lag_events or self.known.waiting or self._retries.due(self.known))

    @property
    def _has_more_to_do(self) -> bool:
        """Beside applying what is new."""
        return bool(self.known.waiting or self._retries.following())

    def forget(self) -> None:
        """The lease was lost, or the way to it: what is known of the catalog is worth nothing."""
        self.lease = None

    async def let_go(self, connection: Connection) -> None:
        if self.lease:
            await release(connection, self.lease)
            self.lease = None

    async def turn(
        self, reader: Connection, writer: Connection, others_wait: Callable[[], bool]
    ) -> bool:
        """Apply what is there, or for a while: whether there may be more. Raises `LeaseLost`."""
        lease = await self._hold(writer)
        if lease is None:
            return False
        more_wanted = await self._intervene(writer, lease)
        await self._retry(writer, lease)
        more = await self._catch_up(reader, writer, lease, others_wait)
        return more or more_wanted or self._retries.following() is not None

    async def _hold(self, connection: Connection) -> Lease | None:
        known = self._applied = self.known
        if self.lease is None or self.lease.generation != known.generation:
            self.lease = await acquire(
                connection, known.catalog, known.generation, self._holder, self._lease_duration
            )
            if self.lease:
                self._checkpoint = self.lease.checkpoint
                await self._retries.look(connection, self.lease)
        return self.lease

    async def _intervene(self, connection: Connection, lease: Lease) -> bool:
        """Whether some may be left for the next turn."""
        if not self._applied.waiting:
            return False
        ending = perf_counter() + INTERVENING_SECONDS
        waiting = await read_waiting(connection, lease.catalog, INTERVENTIONS_A_TURN)
        for wanted in waiting:
            if self.stopping:
                break
            async with connection.transaction():
                batch, outcome = await carry_out(connection, lease, self._checkpoint, wanted)
                await finish(connection, wanted, outcome)
            if batch.changes:
                self._retries.tried(wanted.product_id)
            await self._announcing.intervened(self._applied, batch, wanted, outcome)
            if perf_counter() > ending:
                return True
        return len(waiting) == INTERVENTIONS_A_TURN

    async def _retry(self, connection: Connection, lease: Lease) -> None:
        ending = perf_counter() + TURN_SECONDS
        while not self.stopping and (parked := self._retries.following()):
            batch = await refold(connection, lease, self._checkpoint, parked)
            self._retries.tried(parked)
            await self._announcing.retried(self._applied, batch)
            if perf_counter() > ending:
                break

    async def _catch_up(
        self,
        reader: Connection,
        writer: Connection,
        lease: Lease,
        others_wait: Callable[[], bool],
    ) -> bool:
        ending = perf_counter() + TURN_SECONDS
        batch = await prepare(reader, lease, self._checkpoint, self._pace.limit)
        if not batch.events and self._applied.checkpoint < self._checkpoint:
            await confirm(reader, lease, self._checkpoint)
        while batch.events and not self.stopping:
            if perf_counter() > ending and (self._has_more_to_do or others_wait()):
                await self._commit(writer, lease, batch)
                return True
            written, batch = batch, await self._step(reader, writer, lease, batch)
            if batch.events and not (self.stopping or others_wait()):
                await self._gather(written, batch)
        return False

    async def _gather(self, written: Batch, following: Batch) -> None:
        age = self._announcing.seconds_since(following.events[0].recorded_at)
        await asyncio.sleep(rest(len(written.events), age))

    async def _step(
        self, reader: Connection, writer: Connection, lease: Lease, batch: Batch
    ) -> Batch:
        """Write a batch and tell of it, while the next one is prepared."""
        limit = self._pace.limit
        written, following = await asyncio.gather(
            self._commit(writer, lease, batch),
            prepare(reader, lease, batch.after, limit, ahead=batch),
            return_exceptions=True,
        )
        if isinstance(written, BaseException):
            raise written
        if isinstance(following, BaseException):
            raise following
        if written is not batch:  # less was stored than the next one was prepared on
            return await prepare(reader, lease, batch.after, limit)
        return following

    async def _commit(self, connection: Connection, lease: Lease, batch: Batch) -> Batch:
        async with traced(connection, lease.catalog, batch, self._announcing.seconds_since):
            return await self._committed(connection, lease, batch)

    async def _committed(self, connection: Connection, lease: Lease, batch: Batch) -> Batch:
        began = perf_counter()
        try:
            written = await commit(connection, lease, batch)
        except QueryCanceledError:
            self._pace.halve()
            raise
        self._checkpoint = written.after
        seconds = perf_counter() - began
        self._pace.took(len(written.events), seconds)
        metrics.BATCH_SECONDS.observe(seconds)
        metrics.BATCH_EVENTS.observe(len(written.events))
        for fault in written.faults:
            self._retries.tried(fault.event.stream_id)
        await self._announcing.applied(self._applied, written)
        return written
