"""uvicorn, as answers need it that last."""

import resource
import socket

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.streaming.connection import EXTENSION, Connection


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 that lets an answer get at its connection."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        connection = Connection(self.transport, self.flow.drain)
        self.scope["extensions"] = {EXTENSION: connection}  # type: ignore[dict-item]


class Server(uvicorn.Server):
    """Told to stop, it ends what would not end by itself, and waits for the rest."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.lifespan.state["resources"].event_streams.end()
        await super().shutdown(sockets)


DESCRIPTORS = 65_536
"""Of open files, sockets among them, if the system allows as many."""


def allow_connections() -> None:
    """A shell may allow 1,024, which is fewer than the streams that a process holds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def server(app: FastAPI, host: str, port: int, *, grace_seconds: int) -> Server:
    return Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            loop="uvloop",
            http=Protocol,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=grace_seconds,
        )
    )
