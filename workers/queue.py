"""arq for what is occasional, kept alive through outages of Redis."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from math import nan
from signal import SIGTERM
from typing import Any

import structlog
from arq import Worker
from arq.connections import ArqRedis
from arq.constants import default_queue_name
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine

from events.circuit import REDIS_SECONDS
from events.nudge import Pool
from workers.schedule import CRON_JOBS, FUNCTIONS
from workers.uploads import Uploads

RECONNECT_SECONDS = 1.0
FINISH_SECONDS = 20
"""How long a job that runs may go on after the worker was told to stop."""

log = structlog.get_logger(__name__)


class Queue:
    def __init__(
        self,
        redis_url: str,
        engine: AsyncEngine,
        wake: Callable[[], None],
        uploads: Uploads,
        *,
        audit_reads_days: int = 0,
    ) -> None:
        """`audit_reads_days` is how long audit reads are kept; 0 for ever."""
        self._redis_url = redis_url
        self._context = {
            "engine": engine,
            "wake": wake,
            "uploads": uploads,
            "audit_reads_days": audit_reads_days,
        }
        self._worker: Worker | None = None
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Until `stop`; arq gives up when Redis goes away, so it is begun again."""
        while not self._stopping.is_set():
            pool = _pool(self._redis_url)
            self._worker = _worker(pool, self._context)
            try:
                await self._worker.async_run()
            except asyncio.CancelledError:
                if not self._stopping.is_set():
                    raise
            except (RedisError, OSError) as error:
                log.warning("queue_interrupted", error=repr(error))
            finally:
                await asyncio.gather(*self._worker.tasks.values(), return_exceptions=True)
                await pool.aclose(close_connection_pool=True)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), RECONNECT_SECONDS)

    def stop(self) -> None:
        """Take no further jobs; `run` ends when those that run have, or after FINISH_SECONDS."""
        self._stopping.set()
        if self._worker is not None and self._worker.main_task is not None:
            self._worker.handle_sig_wait_for_completion(SIGTERM)


async def queue_length(redis: Redis) -> float:
    """Of arq's queue; not a number while Redis can't tell."""
    try:
        async with asyncio.timeout(REDIS_SECONDS):
            return float(await redis.zcard(default_queue_name))
    except (RedisError, OSError):
        return nan


def _worker(pool: ArqRedis, context: dict[Any, Any]) -> Worker:
    return Worker(
        FUNCTIONS,
        cron_jobs=CRON_JOBS,
        redis_pool=pool,
        queue_name=pool.default_queue_name,
        handle_signals=False,
        job_completion_wait=FINISH_SECONDS,
        ctx={**context},
    )


def _pool(url: str) -> ArqRedis:
    return ArqRedis(
        Pool.from_url(
            url,
            socket_connect_timeout=1.0,
            socket_timeout=5.0,
            retry=Retry(NoBackoff(), 1),
        )
    )
