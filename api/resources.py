"""What a process of the API holds from its start to its end, and how a request gets at it."""

from collections.abc import AsyncIterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
)
from dataclasses import dataclass
from functools import partial
from typing import Annotated, cast

from fastapi import Depends, Request
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth import gate as gates
from api.auth.audit_reads import AuditReads
from api.auth.databases import Databases
from api.auth.gate import Gate
from api.background import running
from api.exporting.exports import Exports
from api.imports.receiving import Receiving
from api.jobs.watched import WatchedJobs
from api.measuring.metrics import SIDES, of_process
from api.measuring.scraping import Scrapes, progress
from api.rates.limits import Limits
from api.reading.caching import Caching
from api.reading.freshness import Freshness
from api.serving.readiness import Readiness
from api.serving.readiness import opened as readiness_of
from api.settings import Settings
from api.streaming.streams import EventStreams
from api.write_sides import WriteSides
from events.circuit import Circuit, redis_circuit
from events.database import pool
from events.nudge import connect
from queries.audit.events import LogReader
from queries.cache import ProductCache
from queries.categories import Categories
from queries.cursor_key import KeptCursors
from queries.database import ReadDatabase
from queries.lists.totals import Totals
from queries.product import Documents

COMMAND_SECONDS = 5.0
"""The longest that a request waits for one answer of PostgreSQL."""
READS_A_CONNECTION = 10
"""Of those that were waited with: most ask Redis alone, and none waits long for a connection."""

FOLDED_BYTES = 16_000_000
"""Of products, for all who walk through logs page by page."""


@dataclass(frozen=True, slots=True)
class Resources:
    settings: Settings
    engine: AsyncEngine
    """The write side's pool."""
    query_engine: AsyncEngine
    """The read side's; a read replica's where one is named."""
    read_database: ReadDatabase
    """The same to what may be long or many."""
    redis: Redis
    gate: Gate
    """Who may come in: tokens, sessions, known catalogs."""
    limits: Limits
    """How often."""
    audit_reads: AuditReads
    """Who has read what of the audit part, in the primary."""
    write_sides: WriteSides
    freshness: Freshness
    documents: Documents
    categories: Categories
    cursors: KeptCursors
    totals: Totals
    caching: Caching
    """Who may keep what is read of a catalog."""
    log_reader: LogReader
    event_streams: EventStreams
    exports: Exports
    receiving: Receiving
    """Feeds that are uploaded."""
    watched_jobs: WatchedJobs
    readiness: Readiness
    scrapes: Scrapes


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Resources]:
    async with AsyncExitStack() as stack:
        url = settings.database_url.get_secret_value()
        engine = await stack.enter_async_context(_pool(settings, url, "commands"))
        query_engine = await stack.enter_async_context(
            _pool(settings, settings.query_url, "queries")
        )
        exports = await stack.enter_async_context(_exports_pool(settings))
        redis = await stack.enter_async_context(connect(settings.redis_url.get_secret_value()))
        metrics = of_process(settings.side)
        circuit = redis_circuit(metrics.circuit("redis"))
        databases = Databases(_who_may(settings, engine, query_engine), metrics.circuit)
        gate = await stack.enter_async_context(
            gates.opened(settings, databases, redis, circuit, unconfirmed=metrics.unconfirmed.inc)
        )
        limits = Limits(settings, redis, circuit)
        write_sides = _write_sides(settings, engine, redis)
        read_database = ReadDatabase(query_engine, told=SIDES["query"].circuit("reads"))
        documents = _documents(settings, read_database, redis, circuit)
        freshness = _freshness(settings, query_engine, redis, documents)
        watched_jobs = WatchedJobs(engine)
        await stack.enter_async_context(
            running(limits.run, write_sides.nudging, freshness.run, watched_jobs.run)
        )
        stack.push_async_callback(write_sides.drain)
        event_streams = EventStreams(query_engine, redis, limit=settings.event_streams_limit)
        stack.push_async_callback(event_streams.close)
        receiving = Receiving(settings.uploads_directory, limit=settings.uploads_limit)
        stack.callback(receiving.close)
        readiness = await stack.enter_async_context(readiness_of(settings, redis, gate.tokens.keys))
        yield Resources(
            settings,
            engine,
            query_engine,
            read_database,
            redis,
            gate,
            limits,
            AuditReads(engine),
            write_sides,
            freshness,
            documents,
            Categories(read_database),
            KeptCursors(read_database),
            Totals(),
            Caching(settings.public_catalogs, max_age_seconds=settings.public_max_age_seconds),
            LogReader(query_engine, folded_bytes=FOLDED_BYTES),
            event_streams,
            Exports(exports, limit=settings.exports_limit, seconds=settings.export_seconds),
            receiving,
            watched_jobs,
            readiness,
            Scrapes(None if settings.side == "commands" else partial(progress, query_engine)),
        )


def _write_sides(settings: Settings, engine: AsyncEngine, redis: Redis) -> WriteSides:
    return WriteSides(
        engine,
        redis,
        queue_limit=settings.append_queue_limit,
        batch_limit=settings.append_batch_limit,
    )


def _documents(
    settings: Settings, database: ReadDatabase, redis: Redis, circuit: Circuit
) -> Documents:
    return Documents(
        database,
        ProductCache(redis, circuit, ttl_seconds=settings.cache_seconds),
        memory_bytes=settings.process_cache_bytes,
        stale_seconds=settings.stale_seconds,
    )


def _freshness(
    settings: Settings, engine: AsyncEngine, redis: Redis, documents: Documents
) -> Freshness:
    return Freshness(
        engine,
        redis,
        documents.announced,
        waiting_limit=settings.waiting_reads_limit,
        reading_limit=READS_A_CONNECTION * settings.database_pool_size,
    )


def _who_may(
    settings: Settings, engine: AsyncEngine, query_engine: AsyncEngine
) -> dict[str, AsyncEngine]:
    """The databases that know who may come in: the primary, then its replica if there is one."""
    if settings.query_database_url is None:
        return {"database": engine}
    return {"database": engine, "query_database": query_engine}


def _pool(settings: Settings, url: str, side: str) -> AbstractAsyncContextManager[AsyncEngine]:
    return pool(
        url,
        application=f"catalog-{side}",
        pool_size=settings.database_pool_size,
        command_timeout=COMMAND_SECONDS,
    )


def _exports_pool(settings: Settings) -> AbstractAsyncContextManager[AsyncEngine]:
    return pool(
        settings.query_url,
        application="catalog-exports",
        pool_size=max(1, settings.exports_limit),
        command_timeout=settings.export_seconds,
    )


async def of(request: Request) -> Resources:
    return cast("Resources", request.state.resources)


type Held = Annotated[Resources, Depends(of)]
