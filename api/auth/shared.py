"""Redis as the processes' shared memory of sessions and failures: quick, or done without."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError

TIMEOUT_SECONDS = 0.25
REST_SECONDS = 1.0

log = structlog.get_logger(__name__)


class SharedAway(Exception):  # noqa: N818 -- it never leaves this package
    """Redis does not answer, or did not a moment ago."""


class Shared:
    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._rests_until = 0.0

    @asynccontextmanager
    async def pipeline(self) -> AsyncIterator[Pipeline]:
        """Raises SharedAway; after a failure, at once for a second."""
        if monotonic() < self._rests_until:
            raise SharedAway
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS), self._redis.pipeline() as pipe:
                yield pipe
        except (RedisError, OSError, TimeoutError) as error:
            self._rests_until = monotonic() + REST_SECONDS
            log.warning("redis_away", error=type(error).__name__)
            raise SharedAway from error
