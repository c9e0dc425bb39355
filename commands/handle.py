"""The write side on one page: load, fold, decide, append, and retry when others were faster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from commands.errors import (
    IdempotencyKeyReused,
    SkuTaken,
    TooMuchContention,
    UnknownProduct,
    VersionConflict,
)
from commands.product import product
from commands.product.messages import ProductCommand
from commands.product.state import Product, State
from events.append import (
    Append,
    Appended,
    Claim,
    ClaimTaken,
    Idempotent,
    KeyReused,
    Outcome,
    Replayed,
    VersionMismatch,
    find_receipt,
)
from events.appender import Appender
from events.codec import encode
from events.database import driver
from events.errors import Refused
from events.log import read_stream
from events.product import ProductEvent, ProductRegistered
from events.recorded import Recorded

KIND = "product"
SKU = "sku"
ATTEMPTS = 8
NEW = 0
"""The expected version of a stream that does not exist yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Who asks, in which request, caused by what, and when it happened if not now."""

    actor: str
    correlation_id: str
    causation_id: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    state: State
    version: int
    position: int


@dataclass(frozen=True, slots=True)
class Receipt:
    id: UUID
    sku: str
    version: int
    position: int
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    stream: UUID
    commands: Sequence[ProductCommand]
    circumstances: Circumstances
    expected_version: int | None
    idempotent: Idempotent | None


async def handle(
    appender: Appender,
    stream: UUID,
    commands: Sequence[ProductCommand],
    circumstances: Circumstances,
    *,
    expected_version: int | None = None,
    idempotent: Idempotent | None = None,
) -> Receipt:
    """Append what the commands decide, all or nothing; a receipt with the product's version.

    Raises the refusals of `commands.errors`; `VersionConflict` only when the caller expected a
    version, otherwise the decision is made again on the newer state. What was answered to an
    idempotency key before is answered again, whatever has happened since.
    """
    asked = Asked(stream, commands, circumstances, expected_version, idempotent)
    if idempotent is None:
        return await _decided(appender, asked)
    if first := await _answered(appender, idempotent):
        return first
    try:
        return await _decided(appender, asked)
    except Refused:
        if first := await _answered(appender, idempotent):
            return first
        raise


async def _decided(appender: Appender, asked: Asked) -> Receipt:
    """One decision at a time on a product in this process: others would only be made again."""
    async with appender.turn(asked.stream):
        for _ in range(ATTEMPTS):
            loaded = await _load(appender, asked.stream, asked.expected_version)
            events = product.decide_all(asked.commands, loaded.state)
            state = product.fold(events, loaded.state)
            if not events and asked.idempotent is None:
                return _receipt(asked.stream, state, loaded.version, loaded.position)
            append = to_append(
                asked.stream, events, loaded.version, asked.circumstances, asked.idempotent
            )
            outcome = await appender.append(append)
            if not isinstance(outcome, VersionMismatch):
                return await _settled(appender, state, outcome)
    raise TooMuchContention


def to_append(
    stream: UUID,
    events: Sequence[ProductEvent],
    version: int,
    circumstances: Circumstances,
    idempotent: Idempotent | None = None,
) -> Append:
    return Append(
        stream_id=stream,
        events=[encode(event) for event in events],
        actor=circumstances.actor,
        correlation_id=circumstances.correlation_id,
        causation_id=circumstances.causation_id,
        occurred_at=circumstances.occurred_at,
        expected_version=version,
        claims=[
            Claim(kind=SKU, value=event.sku)
            for event in events
            if isinstance(event, ProductRegistered)
        ],
        idempotent=idempotent,
    )


def fold(history: Sequence[Recorded]) -> Loaded:
    if not history:
        return Loaded(product.initial, NEW, 0)
    state = product.fold((recorded.event for recorded in history), product.initial)
    return Loaded(state, history[-1].version, history[-1].position)


async def _load(appender: Appender, stream: UUID, expected_version: int | None) -> Loaded:
    if expected_version == NEW:
        return fold([])
    async with driver(appender.engine) as connection:
        history = await read_stream(connection, appender.catalog, stream)
    loaded = fold(history)
    if history and expected_version is not None and loaded.version != expected_version:
        raise VersionConflict(
            current_version=loaded.version,
            events_since=[_summary(each) for each in history if each.version > expected_version],
        )
    return loaded


def _summary(recorded: Recorded) -> dict[str, object]:
    fields = ("position", "version", "type", "actor", "occurred_at")
    return {field: getattr(recorded, field) for field in fields} | {
        "data": msgspec.Raw(recorded.data.encode())
    }


async def _answered(appender: Appender, idempotent: Idempotent) -> Receipt | None:
    async with driver(appender.engine) as connection:
        outcome = await find_receipt(connection, appender.catalog, idempotent)
    return None if outcome is None else await _settled(appender, product.initial, outcome)


async def _settled(appender: Appender, state: State, outcome: Outcome) -> Receipt:
    match outcome:
        case Appended(stream, version, position):
            return _receipt(stream, state, version, position)
        case Replayed(stream, version, position):
            loaded = await _load(appender, stream, None)
            return _receipt(stream, loaded.state, version, position, replayed=True)
        case KeyReused():
            raise IdempotencyKeyReused
        case ClaimTaken(holder=holder):
            raise SkuTaken(product_id=str(holder))
        case _:
            raise ValueError(outcome)


def _receipt(
    stream: UUID, state: State, version: int, position: int, *, replayed: bool = False
) -> Receipt:
    if not isinstance(state, Product):
        raise UnknownProduct
    return Receipt(stream, state.sku, version, position, replayed)
