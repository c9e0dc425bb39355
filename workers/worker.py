"""The worker process: the projector, the queue of jobs and its own HTTP address."""

import asyncio
import signal
from collections.abc import Callable, Mapping

import structlog
import uvloop
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api import logs
from api.settings import Settings
from api.tracing.opening import opened as spans_of
from commands.feeds.jobs import IMPORT
from events.database import create_engine
from events.garbage import collect_seldom
from events.nudge import APPENDED, connect, listen
from projections.leases import new_holder
from projections.publish import Publisher
from workers import http
from workers.importing import Importing
from workers.job_attempt import Run
from workers.job_runner import JobRunner
from workers.projecting import Projecting
from workers.queue import Queue
from workers.rebuilding import run_rebuild
from workers.uploads import Uploads

POOL_SIZE = 12
JOB_LEASE_SECONDS = 15.0
JOB_POLL_SECONDS = 5.0

log = structlog.get_logger(__name__)


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; what is begun is finished first."""
    logs.configure(settings.log_level)
    collect_seldom()
    try:
        uvloop.run(_work_traced(settings))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed


async def _work_traced(settings: Settings) -> None:
    async with spans_of(settings, "catalog-worker"):
        await work(settings)


async def work(settings: Settings, runs: Mapping[str, Run] | None = None) -> None:
    """`runs` says what runs a job, by its kind."""
    database_url = settings.database_url.get_secret_value()
    redis_url = settings.redis_url.get_secret_value()
    engine = create_engine(database_url, pool_size=POOL_SIZE, application="catalog-worker")
    redis = connect(redis_url)
    projecting = _projecting(settings, engine, redis)
    uploads = Uploads(settings.uploads_directory)
    importing = Importing(settings, uploads)
    jobs = JobRunner(
        engine,
        redis,
        runs or {"rebuild": run_rebuild, IMPORT: importing},
        holder=new_holder(),
        lease_seconds=JOB_LEASE_SECONDS,
        poll_seconds=JOB_POLL_SECONDS,
        ended=importing.ended,
    )
    queue = Queue(redis_url, engine, jobs.wake, uploads, audit_reads_days=settings.audit_reads_days)
    app = http.application(engine, redis, lambda: projecting.state)
    server = http.server(app, settings)

    try:
        async with asyncio.TaskGroup() as group:
            hints = group.create_task(listen(redis, APPENDED, projecting.wake))

            def stop() -> None:
                log.info("worker_stopping")
                hints.cancel()
                projecting.stop()
                jobs.stop()
                queue.stop()
                server.should_exit = True

            _on_signal(stop)
            log.info("worker_started", port=settings.worker_port)
            group.create_task(projecting.run())
            group.create_task(jobs.run())
            group.create_task(queue.run())
            group.create_task(server._serve())  # noqa: SLF001 -- `serve` would take our signals
    finally:
        await redis.aclose()
        await engine.dispose()
    log.info("worker_stopped")


def _projecting(settings: Settings, engine: AsyncEngine, redis: Redis) -> Projecting:
    return Projecting(
        engine,
        Publisher(redis, ttl_seconds=settings.cache_seconds),
        holder=new_holder(),
        lease_seconds=settings.lease_seconds,
        poll_seconds=settings.poll_seconds,
        batch_limit=settings.projection_batch_limit,
    )


def _on_signal(stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
