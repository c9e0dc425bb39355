"""What a process measures, as Prometheus reads it."""

import asyncio
from contextlib import suppress

from asyncpg import PostgresError
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.ext.asyncio import AsyncEngine

from api.metrics import APPENDS_WAITING, LAG_EVENTS, LAG_SECONDS, SIDES, WAITING_READS
from api.refusals import content
from api.resources import Held
from events.database import driver, pool_state
from events.errors import DatabaseUnavailable
from projections.projector import read_progress

DEADLINE_SECONDS = 2.0

router = APIRouter(tags=["operations"])


@router.get(
    "/metrics",
    operation_id="get_metrics",
    response_class=Response,
    responses=content("text/plain"),
)
async def metrics(held: Held) -> Response:
    """Prometheus text."""
    if held.settings.side != "queries":
        SIDES["command"].pooled(pool_state(held.engine))
    if held.settings.side != "commands":
        SIDES["query"].pooled(pool_state(held.query_engine))
        WAITING_READS.set(held.freshness.waiting)
        await _lag(held.query_engine)
    for catalog, waiting in held.write_sides.waiting().items():
        APPENDS_WAITING.labels(catalog).set(waiting)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


async def _lag(engine: AsyncEngine) -> None:
    """No figure rather than an old one."""
    LAG_EVENTS.clear()
    LAG_SECONDS.clear()
    with suppress(DatabaseUnavailable, PostgresError, TimeoutError):
        async with asyncio.timeout(DEADLINE_SECONDS), driver(engine) as connection:
            for each in await read_progress(connection):
                LAG_EVENTS.labels(each.catalog).set(each.lag_events)
                LAG_SECONDS.labels(each.catalog).set(each.lag_seconds)
