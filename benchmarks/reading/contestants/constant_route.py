"""FastAPI without any middleware and one route, which answers a constant: the bar.

With keys it verifies each request's token first.
"""

from pathlib import Path
from typing import Annotated

import typer
from fastapi import Depends, FastAPI, Response

from benchmarks.peers.bearer import verifying
from benchmarks.peers.serving import Keys, Port, serve

PATH = "/product"


def run(
    port: Port,
    document: Annotated[Path, typer.Option(help="What is answered.")],
    keys: Keys | None = None,
) -> None:
    content = document.read_bytes()
    app = FastAPI()

    @app.get(PATH, dependencies=[Depends(verifying(keys))] if keys else [])
    async def product() -> Response:
        return Response(content, media_type="application/json")

    serve(app, port)


if __name__ == "__main__":
    typer.run(run)
