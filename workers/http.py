"""The worker's own address: its metrics and its health."""

from collections.abc import Callable
from functools import partial

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from api.edge.hygiene import Hygienic
from api.settings import Settings
from api.transport.limits import limits_of
from api.transport.protocol import Protocol
from api.transport.watching import WatchingServer
from events.database import pool_state
from workers import metrics
from workers.queue import queue_length


def application(engine: AsyncEngine, redis: Redis, state: Callable[[], str]) -> Starlette:
    async def show_metrics(_request: Request) -> Response:
        metrics.pooled(pool_state(engine))
        metrics.ARQ_QUEUE.set(await queue_length(redis))
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        return JSONResponse(_told(now := state()), status_code=200 if now == "ok" else 503)

    async def health(_request: Request) -> Response:
        return JSONResponse(_told(state()))

    return Starlette(
        routes=[
            Route("/metrics", show_metrics),
            Route("/health", health),
            Route("/health/live", live),
            Route("/health/ready", ready),
        ],
        middleware=[Middleware(Hygienic)],
    )


def _told(state: str) -> dict[str, object]:
    status = "ok" if state == "ok" else "unavailable"
    return {"status": status, "checks": {"projector": state}}


def server(app: Starlette, settings: Settings) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        host=settings.worker_host,
        port=settings.worker_port,
        http=partial(Protocol, limits=limits_of(settings)),  # type: ignore[arg-type]
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
    )
    return WatchingServer(config)
