"""Routes of others in a process like the API's: the same uvicorn, loop, parser and settings."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from events.garbage import collect_seldom

Port = Annotated[int, typer.Option()]
Keys = Annotated[Path, typer.Option(help="A JWK set (RFC 7517).")]


def serve(app: FastAPI, port: int) -> None:
    """Until SIGTERM."""
    app.add_api_route("/health/ready", _ready)
    collect_seldom()
    uvicorn.run(
        app,
        port=port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


async def _ready() -> None:
    """It listens, and holds nothing that could be missing."""
