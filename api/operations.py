"""What an operator asks a process: is it alive, can it work."""

import asyncio
from typing import Literal

from asyncpg import PostgresError
from fastapi import APIRouter, Response
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncEngine

from api import outputs
from api.resources import Held, Resources
from events.database import driver
from events.errors import DatabaseUnavailable
from projections.projector import read_progress

DEADLINE_SECONDS = 2.0
LATE_SECONDS = 10.0
"""A projection that lags so long has no worker, or not enough of it."""

_HAS_LIVE_GENERATION = "select exists (select from projections.generations where state = 'live')"

type State = Literal["ok", "degraded", "unavailable"]

router = APIRouter(tags=["operations"])


@router.get("/health/live", operation_id="is_alive")
async def live() -> outputs.Health:
    """The process answers; nothing outside it is asked."""
    return outputs.Health(status="ok")


@router.get(
    "/health/ready",
    operation_id="is_ready",
    responses={503: {"model": outputs.Health, "description": "Something that it needs is away"}},
)
async def ready(held: Held, response: Response) -> outputs.Health:
    """Whether this process can do its work: what it needs, each with its state."""
    health = await _health(held)
    response.status_code = 503 if health.status == "unavailable" else 200
    return health


@router.get("/health", operation_id="get_health")
async def summary(held: Held) -> outputs.Health:
    """The same, always with status 200, for people."""
    return await _health(held)


async def _health(held: Resources) -> outputs.Health:
    asked = {
        "database": _database(held.engine),
        "query_database": _database(held.query_engine),
        "redis": _redis(held),
    }
    if held.settings.side != "commands":
        asked["projection"] = _projection(held.query_engine)
    checks = dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))
    states = set(checks.values())
    worst: State = (
        "unavailable" if "unavailable" in states else "degraded" if "degraded" in states else "ok"
    )
    return outputs.Health(status=worst, checks=checks)


async def _database(engine: AsyncEngine) -> State:
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), driver(engine) as connection:
            live = await connection.fetchval(_HAS_LIVE_GENERATION)
    except (DatabaseUnavailable, PostgresError, TimeoutError):
        return "unavailable"
    return "ok" if live else "unavailable"


async def _projection(engine: AsyncEngine) -> State:
    """Reads work, but show what was true a while ago."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), driver(engine) as connection:
            progress = await read_progress(connection)
    except (DatabaseUnavailable, PostgresError, TimeoutError):
        return "unavailable"
    late = any(each.lag_seconds > LATE_SECONDS for each in progress)
    return "degraded" if late else "ok"


async def _redis(held: Resources) -> State:
    """Without Redis everything works, only slower."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS):
            await held.redis.ping()
    except (RedisError, OSError):
        return "degraded"
    return "ok"
