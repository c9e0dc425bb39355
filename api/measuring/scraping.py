"""What is measured, as Prometheus reads it, for all who scrape."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from time import monotonic

from asyncpg import PostgresError
from prometheus_client import Metric, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.ext.asyncio import AsyncEngine

from api.measuring import asked_metrics
from api.measuring.shared_metrics import measured
from events.database import driver
from events.errors import DatabaseUnavailable
from projections.projector import Progress, read_progress
from queries.single_flight import SingleFlight

DEADLINE_SECONDS = 2.0
SHARED_SECONDS = 0.5
"""For which what PostgreSQL said serves all who scrape."""

type Ask = Callable[[], Awaitable[list[Progress]]]


class Scrape(Collector):
    """What was measured, and what was asked for now."""

    def __init__(self, progress: Iterable[Progress] | None) -> None:
        self._progress = progress

    def collect(self) -> Iterator[Metric]:
        yield from measured().collect()
        yield asked_metrics.build()
        if self._progress is not None:
            yield from asked_metrics.lags(self._progress)


class Scrapes:
    """Who comes while a text is being made shares it: anybody may ask, and one is dear."""

    def __init__(self, ask: Ask | None) -> None:
        """`ask` tells how far reads are behind the log, in a process that answers any."""
        self._ask = ask
        self._making = SingleFlight[None, bytes]()
        self._told: tuple[list[Progress], float] | None = None

    async def text(self) -> bytes:
        return await self._making(None, self._make)

    async def _make(self) -> bytes:
        progress = None if self._ask is None else await self._recent(self._ask)
        return await asyncio.to_thread(generate_latest, Scrape(progress))

    async def _recent(self, ask: Ask) -> list[Progress]:
        if self._told is None or monotonic() - self._told[1] >= SHARED_SECONDS:
            self._told = await ask(), monotonic()
        return self._told[0]


async def progress(engine: AsyncEngine) -> list[Progress]:
    """No figure rather than an old one."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), driver(engine) as connection:
            return await read_progress(connection)
    except (DatabaseUnavailable, PostgresError, TimeoutError):
        return []
