"""What is read of a process of the query side that lacks something."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from httpx import ASGITransport, AsyncClient
from prometheus_client import REGISTRY

from api.main import create_app
from api.settings import Settings
from tests.conversation import Caller
from tests.lifespan import alive


@dataclass(frozen=True, slots=True)
class Shelf:
    """Products, and what is read of each."""

    bodies: dict[str, Any]
    """By path."""
    position: int
    """That of the last one."""


@asynccontextmanager
async def served_by(settings: Settings, anna: Caller, shelf: Shelf) -> AsyncIterator[Caller]:
    """Anna at a process that has read each product for her before."""
    async with (
        alive(create_app(settings)) as living,
        AsyncClient(transport=ASGITransport(living), base_url="http://catalog.test") as http,
    ):
        caller = Caller(http, anna.token)
        for path in shelf.bodies:
            await caller.reads(path, shelf.position)
        yield caller


def measured(name: str, **labels: str) -> float:
    """By a process of the query side."""
    return REGISTRY.get_sample_value(f"catalog_query_{name}", labels) or 0.0
