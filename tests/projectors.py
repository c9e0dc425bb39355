"""Workers' continuous part within a test, and how far they have come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from prometheus_client import REGISTRY
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from events.database import driver
from projections.publish import Publisher
from tests.eventually import eventually
from tests.given import checkpoint
from workers.projecting import Projecting


def projecting(
    engine: AsyncEngine,
    redis: Redis,
    holder: str,
    *,
    lease_seconds: float = 0.05,
    poll_seconds: float = 0.01,
    most: int = 3,
) -> Projecting:
    """In small batches; by default it takes others for dead as soon as they are silent."""
    return Projecting(
        engine,
        Publisher(redis, ttl_seconds=60),
        holder=holder,
        lease_seconds=lease_seconds,
        poll_seconds=poll_seconds,
        batch_limit=most,
    )


@asynccontextmanager
async def running(
    engine: AsyncEngine,
    redis: Redis,
    holder: str = "a",
    *,
    lease_seconds: float = 0.05,
    poll_seconds: float = 0.01,
    most: int = 3,
) -> AsyncIterator[Projecting]:
    made = projecting(
        engine, redis, holder, lease_seconds=lease_seconds, poll_seconds=poll_seconds, most=most
    )
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        made.stop()
        await task


async def caught_up(engine: AsyncEngine, head: int, catalog: str = "main") -> None:
    async def stands_at_head() -> bool:
        return await checkpoint(engine, catalog) == head

    await eventually(stands_at_head)


async def lease_was_lost(engine: AsyncEngine) -> None:
    async with driver(engine) as connection:
        await connection.execute(
            "update projections.checkpoints set epoch = epoch + 1, held_until = '-infinity'"
        )


async def versions(engine: AsyncEngine) -> dict[UUID, int]:
    async with driver(engine) as connection:
        found = await connection.fetch("select product_id, version from read.product_details")
    return {row["product_id"]: row["version"] for row in found}


def parked_streams(catalog: str) -> float | None:
    return measured("parked_streams", catalog=catalog)


def measured(name: str, **labels: str) -> float | None:
    """A figure of the worker's metrics."""
    return REGISTRY.get_sample_value(f"catalog_projection_{name}", labels)
