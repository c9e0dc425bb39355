"""`catalog openapi`, with which a lint compares the document that is kept."""

import json
from typing import Any

import typer

from api.settings import Settings


def openapi() -> None:
    """Print the OpenAPI document."""
    from api import main as api  # noqa: PLC0415 -- its metrics are its own

    nowhere: dict[str, Any] = {"database_url": "postgresql://", "redis_url": "redis://"}
    document = api.create_app(Settings(**nowhere)).openapi()
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
