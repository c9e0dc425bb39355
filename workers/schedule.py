"""What arq has the worker do, now and then. It delivers at least once: all may be repeated."""

from datetime import timedelta
from typing import Any

import structlog
from arq import cron, func
from arq.cron import CronJob
from arq.worker import Function
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.job_hints import RUN_JOBS
from commands.snapshots import CODE_DIGEST
from events.database import Connection, driver, statement
from events.log import read_heads
from projections.building import clean
from workers.drifting import check_all
from workers.measured import measured
from workers.old_imports import prune_imports
from workers.signing import sign_all
from workers.uploads import Uploads

KEEP_KEYS = timedelta(hours=24)
KEEP_SESSIONS = timedelta(days=1)
KEEP_SNAPSHOTS = timedelta(days=7)
KEEP_JOBS = timedelta(days=30)
KEEP_RETIRED = timedelta(hours=24)
"""How long the read tables before the last switch are kept for a rollback."""
SIGN_EVERY_SECONDS = 10
PRUNED_AT_ONCE = 20_000
"""Audit reads: of years there may be more than a statement removes in its time."""

_PRUNE_AUDIT_READS = statement(__package__, "sql/prune_audit_reads.sql")
_PRUNE_IDEMPOTENCY = statement(__package__, "sql/prune_idempotency.sql")
_PRUNE_JOBS = statement(__package__, "sql/prune_jobs.sql")
_PRUNE_SESSIONS = statement(__package__, "sql/prune_sessions.sql")
_PRUNE_SNAPSHOTS = statement(__package__, "sql/prune_snapshots.sql")

log = structlog.get_logger(__name__)


@measured
async def prune_expired(ctx: dict[str, Any]) -> None:
    """Forget what was kept long enough: of jobs the finished, of snapshots those of other code."""
    engine: AsyncEngine = ctx["engine"]
    async with driver(engine) as connection:
        keys = await connection.execute(_PRUNE_IDEMPOTENCY, KEEP_KEYS)
        sessions = await connection.execute(_PRUNE_SESSIONS, KEEP_SESSIONS)
        snapshots = await connection.execute(_PRUNE_SNAPSHOTS, CODE_DIGEST, KEEP_SNAPSHOTS)
        jobs = await connection.execute(_PRUNE_JOBS, KEEP_JOBS)
    log.info("pruned", idempotency=keys, sessions=sessions, snapshots=snapshots, jobs=jobs)


@measured
async def prune_audit_reads(ctx: dict[str, Any]) -> None:
    """Forget who read what of the audit part so many days ago; never, where none are said."""
    if days := ctx["audit_reads_days"]:
        async with driver(ctx["engine"]) as connection:
            for catalog in await read_heads(connection):
                removed = await _remove_audit_reads(connection, catalog, timedelta(days=days))
                log.info("audit_reads_pruned", catalog=catalog, removed=removed)


async def _remove_audit_reads(connection: Connection, catalog: str, older: timedelta) -> int:
    """A batch is committed by itself: an hour later it goes on where it was broken off."""
    removed, last = 0, PRUNED_AT_ONCE
    while last >= PRUNED_AT_ONCE:
        told = await connection.execute(_PRUNE_AUDIT_READS, catalog, older, PRUNED_AT_ONCE)
        last = int(told.removeprefix("DELETE "))
        removed += last
    return removed


@measured
async def clean_uploads(ctx: dict[str, Any]) -> None:
    """Remove uploaded feeds that no job is going to read."""
    uploads: Uploads = ctx["uploads"]
    async with driver(ctx["engine"]) as connection:
        if removed := await uploads.clean(connection):
            log.info("uploads_removed", files=removed)


@measured
async def sign_checkpoints(ctx: dict[str, Any]) -> None:
    """Sign what has been appended since the last checkpoints."""
    await sign_all(ctx["engine"])


@measured
async def run_jobs(ctx: dict[str, Any]) -> None:
    """Look for queued jobs now. They run beside arq, whose worker is begun anew with Redis."""
    ctx["wake"]()


@measured
async def check_drift(ctx: dict[str, Any]) -> None:
    """Compare some products, as they are read and cached, with the log."""
    await check_all(ctx["engine"], ctx["redis"])


@measured
async def clean_generations(ctx: dict[str, Any]) -> None:
    """Remove read tables that an interrupted rebuild left, and those replaced long enough ago."""
    engine: AsyncEngine = ctx["engine"]
    async with driver(engine) as connection:
        if removed := await clean(connection, KEEP_RETIRED):
            log.info("generations_removed", generations=removed)


FUNCTIONS: list[Function] = [func(run_jobs, name=RUN_JOBS, keep_result=0)]
CRON_JOBS: list[CronJob] = [
    cron(prune_expired, minute=7, run_at_startup=True),
    cron(prune_audit_reads, minute=37, run_at_startup=True),
    cron(clean_uploads, minute=17, run_at_startup=True),
    cron(prune_imports, minute=27, run_at_startup=True),
    cron(check_drift, second=30),
    cron(clean_generations, second=45),
    cron(sign_checkpoints, second=set(range(0, 60, SIGN_EVERY_SECONDS)), run_at_startup=True),
]
