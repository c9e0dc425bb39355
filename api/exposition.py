"""What is measured, as Prometheus reads it."""

import asyncio
from collections.abc import Iterable, Iterator

from asyncpg import PostgresError
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Metric, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy.ext.asyncio import AsyncEngine

from api import asked_metrics
from api.measuring import measure
from api.refusals import content
from api.resources import Held
from api.shared_metrics import measured
from events.database import driver
from events.errors import DatabaseUnavailable
from projections.projector import Progress, read_progress

DEADLINE_SECONDS = 2.0

router = APIRouter(tags=["operations"])


class Scrape(Collector):
    """What was measured, and what was asked for now."""

    def __init__(self, progress: Iterable[Progress] | None) -> None:
        self._progress = progress

    def collect(self) -> Iterator[Metric]:
        yield from measured().collect()
        yield asked_metrics.build()
        if self._progress is not None:
            yield from asked_metrics.lags(self._progress)


@router.get(
    "/metrics",
    operation_id="get_metrics",
    response_class=Response,
    responses=content("text/plain"),
)
async def metrics(held: Held) -> Response:
    """Prometheus text."""
    measure(held)
    progress = None if held.settings.side == "commands" else await _progress(held.query_engine)
    text = await asyncio.to_thread(generate_latest, Scrape(progress))
    return Response(text, media_type=CONTENT_TYPE_LATEST)


async def _progress(engine: AsyncEngine) -> list[Progress]:
    """No figure rather than an old one."""
    try:
        async with asyncio.timeout(DEADLINE_SECONDS), driver(engine) as connection:
            return await read_progress(connection)
    except (DatabaseUnavailable, PostgresError, TimeoutError):
        return []
