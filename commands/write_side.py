"""A catalog as one process writes to it: its appender, and what it knows of the streams."""

import asyncio
from contextvars import Context
from dataclasses import dataclass, field, replace
from uuid import UUID
from weakref import WeakValueDictionary

import structlog

from commands.hot import HotStreams
from commands.load import load
from commands.loaded import NOTHING, Loaded
from commands.product.state import State
from commands.snapshots import EVERY, keep_snapshot
from events.appender import Appender
from events.database import Connection, driver
from events.log import read_stream
from events.tracing import tracing

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class WriteSide:
    appender: Appender
    hot: HotStreams = field(default_factory=HotStreams)
    _turns: WeakValueDictionary[UUID, asyncio.Lock] = field(default_factory=WeakValueDictionary)
    _keeping: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def catalog(self) -> str:
        return self.appender.catalog

    def turn(self, stream: UUID) -> asyncio.Lock:
        """Held by who decides on a stream, so that the process does not conflict with itself."""
        return self._turns.setdefault(stream, asyncio.Lock())

    def known(self, stream: UUID) -> Loaded | None:
        """What this process last saw of the stream; it may have changed since."""
        return self.hot.known(self.catalog, stream)

    async def load(self, stream: UUID) -> Loaded:
        """The stream as it is now. Raises `DatabaseUnavailable` and `Undecodable`."""
        with tracing.asking("load product", "postgresql"):
            async with driver(self.appender.engine) as connection:
                return await self.load_over(connection, stream)

    async def load_over(self, connection: Connection, stream: UUID) -> Loaded:
        loaded = await load(connection, self.catalog, stream, self.known(stream))
        self._learn(stream, loaded)
        return loaded

    async def first(self, stream: UUID) -> Loaded:
        """What the stream began with, or a later state: good for what never changes.

        It can be told even when a later event can't be read.
        """
        if known := self.known(stream):
            return known
        async with driver(self.appender.engine) as connection:
            return NOTHING.after(await read_stream(connection, self.catalog, stream, limit=1))

    def learn(self, stream: UUID, state: State, version: int, position: int) -> None:
        """What an append of ours that was committed has led to."""
        known = self.known(stream)
        snapshot = known.snapshot if known else 0
        self._learn(stream, Loaded(state, version, position, snapshot))

    def forget(self, stream: UUID, *, beyond: int) -> None:
        """The log is behind what is known here: it was set back, to a backup."""
        known = self.known(stream)
        if known and known.version > beyond:
            self.hot.forget(self.catalog, stream)

    def _learn(self, stream: UUID, loaded: Loaded) -> None:
        if loaded.version - loaded.snapshot >= EVERY:
            loaded = replace(loaded, snapshot=loaded.version)
            keeping = asyncio.create_task(self._keep(stream, loaded), context=Context())
            self._keeping.add(keeping)
            keeping.add_done_callback(self._keeping.discard)
        if loaded.version:
            self.hot.learn(self.catalog, stream, loaded)

    async def drain(self) -> None:
        """Wait until everything that was asked for is settled."""
        await self.appender.drain()
        await asyncio.gather(*self._keeping)

    async def _keep(self, stream: UUID, loaded: Loaded) -> None:
        try:
            async with driver(self.appender.engine) as connection:
                await keep_snapshot(connection, self.catalog, stream, loaded)
        except Exception as error:  # noqa: BLE001 -- it is only lost time to whoever loads next
            log.warning("snapshot_lost", stream=str(stream), error=repr(error.__cause__ or error))
