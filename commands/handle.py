"""The write side on one page: load, fold, decide, append, and retry when others were faster."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from commands import metrics
from commands.appending import Circumstances, to_append
from commands.errors import IdempotencyKeyReused, SkuTaken, UnknownProduct, VersionConflict
from commands.loaded import NEW, NOTHING, Loaded
from commands.product import product
from commands.product.messages import ProductCommand
from commands.product.state import Product, State
from commands.write_side import WriteSide
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
from events.database import driver
from events.errors import AppendUnconfirmed, DatabaseUnavailable, Refused
from events.log import read_stream
from events.recorded import Recorded

ATTEMPTS = 4
"""How often a decision is made anew beside other writers, before they are made to wait."""
EVENTS_TOLD = 100
"""The most events that a version conflict tells of."""


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
    claims: Sequence[Claim]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the commands bring about, and the state that they lead to if the append succeeds."""

    append: Append
    state: State


async def handle(
    side: WriteSide,
    stream: UUID,
    commands: Sequence[ProductCommand],
    circumstances: Circumstances,
    *,
    expected_version: int | None = None,
    idempotent: Idempotent | None = None,
    claims: Sequence[Claim] = (),
) -> Receipt:
    """Append what the commands decide, all or nothing; a receipt with the product's version.

    What changes it takes the `claims`, too, beside those of its events.

    Raises the refusals of `commands.errors`; `VersionConflict` only when the caller expected a
    version, otherwise the decision is made again on the newer state. What was answered to an
    idempotency key before is answered again, whatever has happened since.
    """
    asked = Asked(stream, commands, circumstances, expected_version, idempotent, claims)
    try:
        async with side.turn(stream):
            return await _decided(side, asked)
    except Refused as refusal:
        return await answered(side, idempotent, refusal)


async def _decided(side: WriteSide, asked: Asked) -> Receipt:
    if receipt := await _decided_on_what_is_known(side, asked):
        return receipt
    for _ in range(ATTEMPTS):
        decision = await _decided_on(side, asked, await side.load(asked.stream))
        if isinstance(decision, Receipt):
            return decision
        if receipt := await _appended(side, decision):
            return receipt
    return await _decided_alone(side, asked)


async def _decided_on_what_is_known(side: WriteSide, asked: Asked) -> Receipt | None:
    """In one round trip, or not at all.

    What the process knows may be old, so that only an append that expects its version is to be
    trusted: a refusal, or that nothing is to be done, must be seen on the stream as it is.
    """
    loaded = NOTHING if asked.expected_version == NEW else side.known(asked.stream)
    if loaded is None or asked.expected_version not in {None, loaded.version}:
        return None
    try:
        decision = _decide(asked, loaded)
    except Refused:
        return None
    return await _appended(side, decision) if decision.append.events else None


async def _decided_alone(side: WriteSide, asked: Asked) -> Receipt:
    """Others were faster every time: now they wait, in every process."""
    async with side.appender.alone() as connection:
        loaded = await side.load_over(connection, asked.stream)
        decision = await _decided_on(side, asked, loaded)
        if isinstance(decision, Receipt):
            return decision
        outcome = await side.appender.append_alone(connection, decision.append)
    return await _settled(side, decision, outcome)


async def _decided_on(side: WriteSide, asked: Asked, loaded: Loaded) -> Decision | Receipt:
    """A receipt when nothing changes, and no key is to be remembered."""
    await _check_expected(side, asked, loaded)
    decision = _decide(asked, loaded)
    if decision.append.events or asked.idempotent:
        return decision
    return _receipt(asked.stream, loaded.state, loaded.version, loaded.position)


def _decide(asked: Asked, loaded: Loaded) -> Decision:
    events = product.decide_all(asked.commands, loaded.state)
    append = to_append(
        asked.stream,
        events,
        loaded.version,
        asked.circumstances,
        idempotent=asked.idempotent,
        claims=asked.claims if events else (),
    )
    return Decision(append, product.fold(events, loaded.state))


async def _appended(side: WriteSide, decision: Decision) -> Receipt | None:
    """None when somebody else was faster."""
    outcome = await side.appender.append(decision.append)
    if isinstance(outcome, VersionMismatch):
        side.forget(decision.append.stream_id, beyond=outcome.current_version)
        return None
    return await _settled(side, decision, outcome)


async def _check_expected(side: WriteSide, asked: Asked, loaded: Loaded) -> None:
    expected = asked.expected_version
    if expected is None or loaded.version in {expected, NEW}:
        return
    async with driver(side.appender.engine) as connection:
        since = await read_stream(
            connection, side.catalog, asked.stream, after=expected, limit=EVENTS_TOLD
        )
    raise VersionConflict(
        current_version=loaded.version, events_since=[_summary(each) for each in since]
    )


def _summary(recorded: Recorded) -> dict[str, object]:
    fields = ("position", "version", "type", "actor", "occurred_at")
    return {field: getattr(recorded, field) for field in fields} | {
        "data": msgspec.Raw(recorded.data.encode())
    }


async def _settled(side: WriteSide, decision: Decision, outcome: Outcome) -> Receipt:
    match outcome:
        case Appended(stream, version, position):
            side.learn(stream, decision.state, version, position)
            return _receipt(stream, decision.state, version, position)
        case Replayed() | KeyReused():
            return await _repeated(side, outcome)
        case ClaimTaken(holder=holder):
            raise SkuTaken(product_id=str(holder))
        case _:
            raise ValueError(outcome)


async def answered(side: WriteSide, idempotent: Idempotent | None, refusal: Refused) -> Receipt:
    """The first answer to the key; the refusal is raised if there is none.

    Raises `DatabaseUnavailable` while nobody can tell: who was answered before must not hear
    otherwise. An `AppendUnconfirmed` says so already.
    """
    if idempotent is None:
        raise refusal
    try:
        async with driver(side.appender.engine) as connection:
            outcome = await find_receipt(connection, side.catalog, idempotent)
        if outcome is not None:
            return await _repeated(side, outcome)
    except DatabaseUnavailable:
        if not isinstance(refusal, AppendUnconfirmed):
            raise
    raise refusal


async def _repeated(side: WriteSide, outcome: Replayed | KeyReused) -> Receipt:
    match outcome:
        case Replayed(stream, version, position):
            first = await side.first(stream)
            metrics.REPLAYS.labels(side.catalog).inc()
            return _receipt(stream, first.state, version, position, replayed=True)
        case KeyReused():
            raise IdempotencyKeyReused


def _receipt(
    stream: UUID, state: State, version: int, position: int, *, replayed: bool = False
) -> Receipt:
    if not isinstance(state, Product):
        raise UnknownProduct
    return Receipt(stream, state.sku, version, position, replayed)
