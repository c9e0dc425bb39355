"""Group commit: the appends that wait go to the log as one call, while the next ones gather."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from contextvars import Context
from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from events.append import Append, Outcome, append, hold
from events.database import Connection, driver
from events.errors import AppendQueueFull, AppendUnconfirmed, DatabaseUnavailable

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Waiting:
    append: Append
    outcome: asyncio.Future[Outcome]


@dataclass(slots=True)
class Appender:
    """The one writer of a process to one catalog's log.

    No artificial delay: a batch is what gathered while the last one committed. `queue_limit`
    appends may wait; beyond that callers are turned away with `AppendQueueFull`.
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

    async def append(self, asked: Append) -> Outcome:
        """The append's outcome, once it is durable.

        Raises `AppendQueueFull` (nothing was written) and `AppendUnconfirmed` (it may have been).
        """
        if len(self._queue) >= self.queue_limit:
            raise AppendQueueFull
        waiting = Waiting(asked, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._writer is None or self._writer.done():
            self._writer = asyncio.create_task(self._write_all(), context=Context())
        return await waiting.outcome

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

    @property
    def waiting(self) -> int:
        return len(self._queue)

    async def drain(self) -> None:
        """Wait until everything that was asked for is settled."""
        if self._writer is not None:
            await self._writer

    async def _write_all(self) -> None:
        while batch := self._next_batch():
            await self._write(batch)

    def _next_batch(self) -> list[Waiting]:
        """Who gave up before the write began is left out: nothing of it is written."""
        batch: list[Waiting] = []
        while self._queue and len(batch) < self.batch_limit:
            waiting = self._queue.popleft()
            if not waiting.outcome.done():
                batch.append(waiting)
        return batch

    async def _write(self, batch: list[Waiting]) -> None:
        try:
            async with driver(self.engine) as connection:
                appends = [waiting.append for waiting in batch]
                outcomes = await append(connection, self.catalog, self.kind, appends)
        except DatabaseUnavailable as error:
            log.warning("append_unconfirmed", **self._named(batch), error=repr(error.__cause__))
            _fail(batch, AppendUnconfirmed())
        except Exception as error:  # noqa: BLE001 -- every waiting caller must hear of it
            await self._write_apart(batch, error)
        else:
            _settle(batch, outcomes)
            self.committed()

    async def _write_apart(self, batch: list[Waiting], error: Exception) -> None:
        """The log refused the whole call: find the append at fault, so that no other suffers."""
        if len(batch) == 1:
            log.error("append_failed", **self._named(batch), error=repr(error))
            _fail(batch, error)
            return
        half = len(batch) // 2
        await self._write(batch[:half])
        await self._write(batch[half:])

    def _named(self, batch: list[Waiting]) -> dict[str, object]:
        """Whose appends these are: the writer works for many requests, in the context of none."""
        correlation_ids = [waiting.append.correlation_id for waiting in batch]
        return {"catalog": self.catalog, "correlation_ids": correlation_ids}


def _settle(batch: list[Waiting], outcomes: Sequence[Outcome]) -> None:
    for waiting, outcome in zip(batch, outcomes, strict=True):
        if not waiting.outcome.done():
            waiting.outcome.set_result(outcome)


def _fail(batch: list[Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.outcome.done():
            waiting.outcome.set_exception(error)
