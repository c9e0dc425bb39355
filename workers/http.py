"""The worker's own address: its metrics and its health."""

from collections.abc import Callable

import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from events.database import pool_state
from workers import metrics


def application(engine: AsyncEngine, healthy: Callable[[], bool]) -> Starlette:
    async def show_metrics(_request: Request) -> Response:
        state = pool_state(engine)
        metrics.POOL.labels("in_use").set(state.in_use)
        metrics.POOL.labels("free").set(state.free)
        metrics.POOL.labels("limit").set(state.limit)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def live(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        return JSONResponse(_told(ok := healthy()), status_code=200 if ok else 503)

    async def health(_request: Request) -> Response:
        return JSONResponse(_told(healthy()))

    return Starlette(
        routes=[
            Route("/metrics", show_metrics),
            Route("/health", health),
            Route("/health/live", live),
            Route("/health/ready", ready),
        ]
    )


def _told(healthy: bool) -> dict[str, object]:  # noqa: FBT001 -- it is what is told
    state = "ok" if healthy else "unavailable"
    return {"status": state, "checks": {"projector": state}}


def server(app: Starlette, host: str, port: int) -> uvicorn.Server:
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, lifespan="off"
    )
    return uvicorn.Server(config)
