"""What the worker does now and then. arq delivers at least once: each job may be repeated."""

from datetime import timedelta
from typing import Any

import structlog
from arq import cron
from arq.cron import CronJob
from sqlalchemy.ext.asyncio import AsyncEngine

from commands.snapshots import CODE_DIGEST
from events.database import driver, statement
from workers.signing import sign_all

KEEP_KEYS = timedelta(hours=24)
KEEP_SESSIONS = timedelta(days=1)
KEEP_SNAPSHOTS = timedelta(days=7)
SIGN_EVERY_SECONDS = 10

_PRUNE_IDEMPOTENCY = statement(__package__, "sql/prune_idempotency.sql")
_PRUNE_SESSIONS = statement(__package__, "sql/prune_sessions.sql")
_PRUNE_SNAPSHOTS = statement(__package__, "sql/prune_snapshots.sql")

log = structlog.get_logger(__name__)


async def prune_expired(ctx: dict[str, Any]) -> None:
    """Forget keys after a day, expired sessions after another, other code's snapshots in a week."""
    engine: AsyncEngine = ctx["engine"]
    async with driver(engine) as connection:
        keys = await connection.execute(_PRUNE_IDEMPOTENCY, KEEP_KEYS)
        sessions = await connection.execute(_PRUNE_SESSIONS, KEEP_SESSIONS)
        snapshots = await connection.execute(_PRUNE_SNAPSHOTS, CODE_DIGEST, KEEP_SNAPSHOTS)
    log.info("pruned", idempotency=keys, sessions=sessions, snapshots=snapshots)


async def sign_checkpoints(ctx: dict[str, Any]) -> None:
    """Sign what has been appended since the last checkpoints."""
    await sign_all(ctx["engine"])


CRON_JOBS: list[CronJob] = [
    cron(prune_expired, minute=7, run_at_startup=True),
    cron(sign_checkpoints, second=set(range(0, 60, SIGN_EVERY_SECONDS)), run_at_startup=True),
]
