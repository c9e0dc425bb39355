"""arq brings a worker the hint that a job waits. It may be lost: the table of jobs is the queue."""

import asyncio

import structlog
from arq.connections import ArqRedis
from redis.asyncio import Redis
from redis.exceptions import RedisError

RUN_JOBS = "run_jobs"
"""arq's name of the function that has the queued jobs run."""
HINT_SECONDS = 1.0

log = structlog.get_logger(__name__)


async def hint(redis: Redis) -> None:
    try:
        async with asyncio.timeout(HINT_SECONDS):
            await ArqRedis(redis.connection_pool).enqueue_job(RUN_JOBS)
    except (RedisError, OSError) as error:
        log.debug("job_hint_lost", error=repr(error))
