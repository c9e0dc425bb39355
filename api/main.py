"""The API, where it comes together: `catalog serve` runs one side of it or both."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TypedDict

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api import (
    catalogs,
    docs,
    interventions,
    logs,
    problems,
    projections,
    resources,
)
from api.auditing import audit, audit_reads, diff, events, history, prices
from api.auth import routes as access
from api.background import running
from api.edge.around import entered, surround
from api.exporting import routes as exporting
from api.imports import errors
from api.imports import routes as imports
from api.jobs import rebuilds
from api.jobs import routes as jobs
from api.measuring import exposition
from api.measuring.gauges import measuring
from api.measuring.metrics import SIDES, MeasuredSide
from api.openapi import describe
from api.reading import categories, lists, reads
from api.reading.direct import DirectReads
from api.resources import Resources
from api.serving import health as operations
from api.serving.place import Place
from api.serving.server import allow_connections, server
from api.settings import Settings, Side
from api.tracing.entrance import Traced
from api.tracing.opening import opened as spans_of
from api.transport.limits import limits_of
from api.transport.protocol import Protocol
from api.writing import routes as writes
from api.writing.direct import DirectWrites
from events.garbage import collect_seldom

NOT_STARTED = 3
"""The exit code of a process that could not begin to serve; uvicorn's own."""
GRACE_SECONDS = 15
"""How long requests that have begun may go on after the drain."""

SERVICES: dict[Side, str] = {
    "all": "catalog-api",
    "commands": "catalog-command-api",
    "queries": "catalog-query-api",
}
"""What a trace calls the process."""

BOTH = (
    access.shared_router,
    operations.router,
    exposition.router,
    projections.router,
    interventions.router,
    jobs.router,
    problems.router,
)
ROUTERS: dict[Side, tuple[APIRouter, ...]] = {
    "commands": (
        access.router,
        audit_reads.router,
        catalogs.router,
        writes.router,
        interventions.requests,
        jobs.requests,
        imports.router,
        errors.router,
        rebuilds.router,
    ),
    "queries": (
        catalogs.reads,
        categories.router,
        lists.router,
        exporting.router,
        reads.router,
        history.router,
        events.router,
        diff.router,
        prices.router,
        audit.router,
    ),
}


class State(TypedDict):
    resources: Resources


class Service(FastAPI):
    """FastAPI behind an entrance that may answer by itself."""

    entrance: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.entrance(scope, receive, send)

    async def routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, send)


def create_app(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[State]:
        async with (
            spans_of(settings, SERVICES[settings.side]),
            resources.opened(settings) as held,
            running(measuring(held)),
        ):
            yield {"resources": held}

    app = Service(
        title="Catalog",
        version="1",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=docs.DESCRIPTION if settings.docs_enabled else None,
    )
    sides: tuple[Side, ...] = (
        ("commands", "queries") if settings.side == "all" else (settings.side,)
    )
    for router in (*BOTH, *(router for side in sides for router in ROUTERS[side])):
        app.include_router(router)
    if settings.docs_enabled:
        app.include_router(docs.router)
    problems.install(app)
    describe(app)
    side: MeasuredSide = "query" if settings.side == "queries" else "command"
    surround(app, settings, side)
    app.state.protocol = partial(Protocol, limits=limits_of(settings), refused=SIDES[side].refused)
    inside: ASGIApp = app.routed
    if "queries" in sides:
        inside = DirectReads(inside)
    if "commands" in sides:
        inside = DirectWrites(inside, settings)
    app.entrance = entered(inside, settings, side)
    if settings.tracing:
        app.entrance = Traced(app.entrance)
    return app


def run(settings: Settings, place: Place | None = None) -> None:
    """Serve until SIGTERM or SIGINT; requests that have begun are answered first.

    Where a supervisor has given it a `place` it listens there, and leaves that to others at LEAVE.
    """
    logs.configure(settings.log_level)
    collect_seldom()
    allow_connections()
    serving = server(
        create_app(settings),
        settings.host,
        settings.port,
        grace_seconds=GRACE_SECONDS,
        drain_seconds=settings.drain_seconds,
        begun=place.taken if place else None,
    )
    with suppress(KeyboardInterrupt):
        serving.run([place.socket()] if place else None)
    if not serving.started:
        sys.exit(NOT_STARTED)
