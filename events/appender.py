"""Group commit: the appends that wait go to the log as one call, while the next ones gather."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from dataclasses import dataclass, field

import structlog
from asyncpg import PostgresError
from opentelemetry.trace import INVALID_SPAN, Span
from sqlalchemy.ext.asyncio import AsyncEngine

from events import metrics
from events.append import Append, Outcome, append, hold
from events.append_spans import appending, committing, remembering
from events.database import Connection, driver, translated
from events.errors import AppendQueueFull, AppendUnconfirmed, DatabaseUnavailable

log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class Waiting:
    append: Append
    outcome: asyncio.Future[Outcome]
    span: Span = INVALID_SPAN


@dataclass(slots=True)
class Appender:
    """The one writer of a process to one catalog's log.

    No artificial delay: a batch is what gathered while the last one committed, and one connection
    serves for as long as somebody asks. `queue_limit` appends may wait; beyond that callers are
    turned away with `AppendQueueFull`.
    """

    engine: AsyncEngine
    catalog: str
    kind: str
    queue_limit: int
    batch_limit: int
    committed: Callable[[], None] = lambda: None
    """Called after each commit that may have grown the log."""
    _queue: deque[Waiting] = field(default_factory=deque)
    _writer: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        for outcome in ("failed", "unconfirmed"):
            metrics.APPENDS.labels(self.catalog, outcome)  # an increase begins at 0

    async def append(self, asked: Append) -> Outcome:
        """The append's outcome, once it is durable.

        Raises `AppendQueueFull`, `DatabaseUnavailable` (nothing was written), and
        `AppendUnconfirmed` (it may have been).
        """
        with appending(self.catalog, asked) as span:
            return await self._queued(remembering(asked, span), span)

    async def _queued(self, asked: Append, span: Span) -> Outcome:
        if len(self._queue) >= self.queue_limit:
            raise AppendQueueFull
        waiting = self._put(asked, span)
        try:
            return await waiting.outcome
        except asyncio.CancelledError:
            with suppress(ValueError):  # it is being written
                self._queue.remove(waiting)
            raise

    def _put(self, asked: Append, span: Span) -> Waiting:
        waiting = Waiting(asked, asyncio.get_running_loop().create_future(), span)
        self._queue.append(waiting)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all(), context=Context())
        return waiting

    async def append_all(self, asked: Sequence[Append]) -> list[Outcome]:
        """The outcomes of appends that are nobody's request by themselves, such as a feed's.

        Raises as `append` does.
        """
        if len(self._queue) + len(asked) > self.queue_limit:
            raise AppendQueueFull
        waiting = [self._put(each, INVALID_SPAN) for each in asked]
        return await asyncio.gather(*(each.outcome for each in waiting))

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Connection]:
        """A transaction on the log while nobody else, in any process, appends to the catalog.

        Raises `AppendUnconfirmed` as `append` does. Meant to be brief: all other writers wait.
        """
        try:
            async with driver(self.engine) as connection, connection.transaction():
                await hold(connection, self.catalog)
                yield connection
        except DatabaseUnavailable as error:
            raise AppendUnconfirmed from error
        self.committed()

    async def append_alone(self, connection: Connection, asked: Append) -> Outcome:
        """In the transaction that `alone` has opened."""
        with appending(self.catalog, asked) as span:
            appends = [remembering(asked, span)]
            [outcome] = await append(connection, self.catalog, self.kind, appends)
            return outcome

    @property
    def waiting(self) -> int:
        return len(self._queue)

    async def drain(self) -> None:
        """Wait until everything that was asked for is settled."""
        if self._writer is not None:
            await self._writer

    async def _write_all(self) -> None:
        while batch := self._next_batch():
            try:
                async with driver(self.engine) as connection:
                    await self._write_over(connection, batch)
            except Exception as error:  # noqa: BLE001 -- every waiting caller must hear of it
                self._fail("append_failed", batch, error, error)

    async def _write_over(self, connection: Connection, batch: list[Waiting]) -> None:
        """One batch after the other, as long as the connection holds and somebody asks."""
        while batch and await self._written(connection, batch):
            await asyncio.sleep(0)  # who was just answered may ask again
            batch = self._next_batch()

    def _next_batch(self) -> list[Waiting]:
        """Who gave up before the write began is left out: nothing of it is written."""
        batch: list[Waiting] = []
        while self._queue and len(batch) < self.batch_limit:
            waiting = self._queue.popleft()
            if not waiting.outcome.done():
                batch.append(waiting)
        return batch

    async def _written(self, connection: Connection, batch: list[Waiting]) -> bool:
        """Whether the connection is good for more; everybody in the batch was answered."""
        try:
            appends = [waiting.append for waiting in batch]
            spans = [waiting.span for waiting in batch]
            with committing(self.catalog, appends, spans), translated():
                outcomes = await append(connection, self.catalog, self.kind, appends)
        except PostgresError as error:
            return await self._written_apart(connection, batch, error)
        except Exception as error:  # noqa: BLE001 -- every waiting caller must hear of it
            self._fail("append_unconfirmed", batch, AppendUnconfirmed(), error)
            connection.terminate()
            return False
        _settle(batch, outcomes)
        self.committed()
        return True

    async def _written_apart(
        self, connection: Connection, batch: list[Waiting], error: PostgresError
    ) -> bool:
        """The log refused the whole call: find the append at fault, so that no other suffers.

        Only then is it certain that nothing of the batch is there, and that it may be sent again.
        """
        if len(batch) == 1:
            self._fail("append_failed", batch, error, error)
            return True
        half = len(batch) // 2
        if await self._written(connection, batch[:half]):
            return await self._written(connection, batch[half:])
        self._queue.extendleft(reversed(batch[half:]))
        return False

    def _fail(self, what: str, batch: list[Waiting], told: Exception, error: Exception) -> None:
        """Log whose appends these were: the writer works for many, in the context of none."""
        correlation_ids = [waiting.append.correlation_id for waiting in batch]
        reason = repr(error.__cause__ or error)
        log.error(what, catalog=self.catalog, correlation_ids=correlation_ids, error=reason)
        metrics.APPENDS.labels(self.catalog, what.removeprefix("append_")).inc(len(batch))
        for waiting in batch:
            if not waiting.outcome.done():
                waiting.outcome.set_exception(told)


def _settle(batch: list[Waiting], outcomes: Sequence[Outcome]) -> None:
    for waiting, outcome in zip(batch, outcomes, strict=True):
        if not waiting.outcome.done():
            waiting.outcome.set_result(outcome)
