"""uvicorn, as answers need it that last."""

import resource
from collections.abc import Callable, Coroutine

import uvicorn
from fastapi import FastAPI

from api.resources import Resources
from api.serving.stopping import Server

DESCRIPTORS = 65_536
"""Of open files, sockets among them, if the system allows as many."""


def allow_connections() -> None:
    """A shell may allow 1,024, which is fewer than the streams that a process holds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def server(
    app: FastAPI,
    host: str,
    port: int,
    *,
    grace_seconds: int,
    drain_seconds: float = 0,
    begun: Callable[[Resources], Coroutine[None, None, None]] | None = None,
) -> Server:
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http=app.state.protocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=grace_seconds,
        ),
        drain_seconds=drain_seconds,
        begun=begun,
    )
