"""A hint over Redis that there is something to do for a catalog: mostly, that its log has grown.

Only a hint: it may be lost, late or doubled. The log with its checkpoint is the queue.
"""

import asyncio
from collections.abc import Callable

import structlog
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

APPENDED = "catalog:appended"
EVERY_CATALOG = ""
"""In place of a catalog's name: look at all of them, and not only at how their logs have grown."""
RECONNECT_SECONDS = 0.5
ANSWER_SECONDS = 1.0
SILENCE_SECONDS = 5.0
"""After which a subscription is asked whether it is still there; it has as long to say so."""

log = structlog.get_logger(__name__)


class Pool(ConnectionPool):
    """Closed, it lends nothing more, and a connection that is still lent ends when it comes back.

    redis-py's own lends on, and closes what is lent under its user's hands, who connects again: of
    either comes a connection that nobody closes.
    """

    _closed = False

    def get_available_connection(self) -> AbstractConnection:
        if self._closed:
            raise RedisConnectionError("this process is about to end")
        lent: AbstractConnection = super().get_available_connection()  # type: ignore[no-untyped-call]
        return lent

    async def release(self, connection: AbstractConnection) -> None:
        await super().release(connection)
        if self._closed:
            await connection.disconnect()

    async def disconnect(self, inuse_connections: bool = True) -> None:  # noqa: FBT001, FBT002, ARG002 -- redis-py's
        self._closed = True
        await super().disconnect(inuse_connections=False)


def connect(url: str) -> Redis:
    """A client whose every command ends within about twice ANSWER_SECONDS.

    Health checks are left out: on a new connection they begin another one, without an end, while
    Redis is there and does not answer.
    """
    pool = Pool.from_url(
        url,
        socket_connect_timeout=ANSWER_SECONDS,
        socket_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 1),
        retry_on_error=[RedisConnectionError],
    )
    return Redis.from_pool(pool)


def channel(redis: Redis, name: str) -> str:
    """Redis shares channels between its databases, so that ours carry the database's number."""
    return f"{name}@{redis.connection_pool.connection_kwargs.get('db', 0)}"


async def nudge(redis: Redis, catalog: str) -> None:
    try:
        await redis.publish(channel(redis, APPENDED), catalog)
    except (RedisError, OSError) as error:
        log.debug("nudge_lost", catalog=catalog, error=repr(error))


async def listen(redis: Redis, name: str, heard: Callable[[str], None]) -> None:
    """Call `heard` with each message of the channel, for ever, across outages of Redis."""
    while True:
        try:
            async with redis.pubsub(ignore_subscribe_messages=True) as subscription:
                await subscription.subscribe(channel(redis, name))
                await _hear(subscription, heard)
        except (RedisError, OSError) as error:
            log.debug("subscription_lost", channel=name, error=repr(error))
            await asyncio.sleep(RECONNECT_SECONDS)


async def _hear(subscription: PubSub, heard: Callable[[str], None]) -> None:
    """Until the connection ends, or nothing at all comes of it any more: redis-py's errors."""
    asked = False
    while True:
        message = await subscription.get_message(timeout=SILENCE_SECONDS)
        if message is None and asked:
            raise RedisConnectionError("nothing comes of the subscription")
        asked = message is None
        if message is None:
            await subscription.ping()
        elif message["type"] == "message":
            heard(message["data"].decode(errors="replace"))
