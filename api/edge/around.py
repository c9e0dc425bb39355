"""What stands around the application: who is let in, how much he may send, what he is told."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from api.edge.bodies import BoundedBody, ShallowJson
from api.edge.hosts import KnownHosts
from api.edge.hygiene import Hygienic
from api.edge.observed import HeadAsGet, Observed
from api.edge.proxies import BehindProxies
from api.edge.time_limit import TimeLimit
from api.measuring.metrics import MeasuredSide
from api.settings import Settings

METHODS = ["DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"]
ACCEPTED = [
    "Authorization",
    "Catalog-Min-Position",
    "Catalog-Wait",
    "Content-Encoding",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "Traceparent",
    "Tracestate",
    "X-Request-ID",
]
"""Headers that a browser may send from another origin, beside those that it may send anyway."""
EXPOSED = [
    "Age",
    "Catalog-Position",
    "Content-Disposition",
    "ETag",
    "Idempotent-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Warning",
    "X-Request-ID",
]


def surround(app: FastAPI, settings: Settings, side: MeasuredSide) -> None:
    """From the inside out: what answers a failure is within what tells browsers of origins."""
    app.add_middleware(ShallowJson, limit=settings.json_depth_limit)
    app.add_middleware(
        BoundedBody, limit=settings.body_limit_bytes, upload_limit=settings.upload_limit_bytes
    )
    app.add_middleware(TimeLimit, seconds=settings.request_seconds)
    app.add_middleware(Observed, side=side)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_methods=METHODS,
        allow_headers=ACCEPTED,
        expose_headers=EXPOSED,
    )
    app.add_middleware(HeadAsGet)
    app.add_middleware(Hygienic)


def entered(app: ASGIApp, settings: Settings, side: MeasuredSide) -> ASGIApp:
    """What is asked for under names and through proxies, where some of them are set."""
    if "*" not in settings.allowed_hosts:
        app = KnownHosts(app, settings.allowed_hosts, side=side)
    if settings.trusted_proxies:
        app = BehindProxies(app, settings.trusted_proxies)
    return app
