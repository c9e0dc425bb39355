"""What a process of the API holds from its start to its end, and how a request gets at it."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from api.auth.gate import Gate
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Resources:
    settings: Settings
    engine: AsyncEngine
    """The write side's pool; the only one when no read replica is named."""
    query_engine: AsyncEngine
    redis: Redis
    gate: Gate
    """Who may come in: tokens, sessions, known catalogs."""


def of(request: Request) -> Resources:
    return cast("Resources", request.state.resources)


type Held = Annotated[Resources, Depends(of)]
