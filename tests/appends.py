"""Appends as a writer would ask for them, and what the log and its tables hold afterwards."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from commands.appending import KIND
from events.append import Append, Claim, Idempotent, Outcome, append
from events.appender import Appender
from events.codec import Encoded, encode
from events.database import driver
from events.log import read_log
from events.product import ProductRenamed
from events.recorded import Recorded

NEW = 0
EVERYTHING = 1_000_000
renamed = encode(ProductRenamed(name="Lamp"))


def asked(
    stream: UUID | None = None,
    *events: Encoded,
    expected: int | None = None,
    claims: Sequence[Claim] = (),
    key: str | None = None,
    request: bytes = b"request",
    occurred_at: datetime | None = None,
) -> Append:
    """One event for a stream of its own, unless told otherwise."""
    return Append(
        stream_id=stream or uuid7(),
        events=events or [renamed],
        actor="tests",
        correlation_id="given",
        occurred_at=occurred_at,
        expected_version=expected,
        claims=claims,
        idempotent=Idempotent(key=key, request_digest=request) if key else None,
    )


def taking(value: str) -> list[Claim]:
    return [Claim(kind="sku", value=value)]


def leaving(value: str) -> list[Claim]:
    return [Claim(kind="sku", value=value, held=False)]


async def appended(engine: AsyncEngine, *appends: Append, catalog: str = "main") -> list[Outcome]:
    """In one call."""
    async with driver(engine) as connection:
        return await append(connection, catalog, KIND, appends)


async def logged(engine: AsyncEngine, catalog: str = "main") -> list[Recorded]:
    async with driver(engine) as connection:
        return await read_log(connection, catalog, after=0, limit=EVERYTHING)


def appender(
    engine: AsyncEngine, *, queue_limit: int = 1_000, batch_limit: int = 500, catalog: str = "main"
) -> Appender:
    return Appender(engine, catalog, KIND, queue_limit=queue_limit, batch_limit=batch_limit)
