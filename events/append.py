"""One call of the log's append function: many appends, an outcome for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from uuid import UUID

from asyncpg import Record

from events import metrics
from events.codec import Encoded
from events.database import Connection, statement

_APPEND = statement(__package__, "sql/append.sql")
_HOLD = statement(__package__, "sql/hold.sql")
_FIND_RECEIPT = statement(__package__, "sql/find_receipt.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A value that one stream of a catalog holds at a time: taken, or let go when not `held`."""

    kind: str
    value: str
    held: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Idempotent:
    """A caller's key for a request, and the SHA-256 digest of that request."""

    key: str
    request_digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """Events for one stream, appended together or not at all.

    `expected_version` 0 means a new stream, None any version. `occurred_at` is the business time;
    the log keeps it between the stream's last event and now.
    """

    stream_id: UUID
    events: Sequence[Encoded]
    actor: str
    correlation_id: str
    causation_id: str | None = None
    occurred_at: datetime | None = None
    expected_version: int | None = None
    claims: Sequence[Claim] = ()
    idempotent: Idempotent | None = None
    traceparent: str | None = None
    """Of the span that asks for it, where one is sampled (W3C Trace Context)."""


@dataclass(frozen=True, slots=True)
class Appended:
    stream_id: UUID
    version: int
    position: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """The idempotency key came before, with the same request: its first outcome."""

    stream_id: UUID
    version: int
    position: int


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The idempotency key came before, with another request."""


@dataclass(frozen=True, slots=True)
class VersionMismatch:
    current_version: int


@dataclass(frozen=True, slots=True)
class ClaimTaken:
    kind: str
    value: str
    holder: UUID


type Outcome = Appended | Replayed | KeyReused | VersionMismatch | ClaimTaken


async def append(
    connection: Connection, catalog: str, kind: str, appends: Sequence[Append]
) -> list[Outcome]:
    """Commit the appends in one round trip; an outcome for each, in their order.

    Each sees what those before it did, and none suffers from another's refusal.
    """
    began = perf_counter()
    rows = await connection.fetch(_APPEND, catalog, kind, *_columns(appends))
    outcomes = [row["outcome"] for row in rows]
    metrics.batch_settled(
        catalog, [len(each.events) for each in appends], outcomes, perf_counter() - began
    )
    return [_outcome(row) for row in rows]


async def hold(connection: Connection, catalog: str) -> None:
    """Keep everybody else from appending to the catalog until the transaction ends."""
    await connection.execute(_HOLD, catalog)


def _columns(appends: Sequence[Append]) -> tuple[list[object] | None, ...]:
    events = [event for each in appends for event in each.events]
    claims = [claim for each in appends for claim in each.claims]
    return (
        [each.stream_id for each in appends],
        _alike([each.expected_version for each in appends]),
        _given([each.idempotent and each.idempotent.key for each in appends]),
        _given([each.idempotent and each.idempotent.request_digest for each in appends]),
        _alike([each.actor for each in appends]),
        _alike([each.correlation_id for each in appends]),
        _given([each.causation_id for each in appends]),
        _given(_alike([each.occurred_at for each in appends])),
        [len(each.events) for each in appends],
        _alike([len(each.claims) for each in appends]),
        [event.type for event in events],
        [event.schema_version for event in events],
        [event.data for event in events],
        _alike([claim.kind for claim in claims]),
        [claim.value for claim in claims],
        _alike([claim.held for claim in claims]),
        _given([each.traceparent for each in appends]),
    )


def _alike[T](values: list[T]) -> list[T]:
    """One for all, where they are equal: each element of an array takes its time."""
    return values[:1] if len(set(values)) == 1 else values


def _given(values: list[object]) -> list[object] | None:
    return values if any(value is not None for value in values) else None


def _outcome(row: Record) -> Outcome:
    match row["outcome"]:
        case "appended":
            return Appended(row["at_stream"], row["at_version"], row["at_position"])
        case "replayed":
            return Replayed(row["at_stream"], row["at_version"], row["at_position"])
        case "key_reused":
            return KeyReused()
        case "version_conflict":
            return VersionMismatch(row["at_version"])
        case "claim_taken":
            return ClaimTaken(row["taken_kind"], row["taken_value"], row["holder"])
        case other:
            raise ValueError(other)


async def find_receipt(
    connection: Connection, catalog: str, idempotent: Idempotent
) -> Replayed | KeyReused | None:
    """What was answered to this key before, if anything."""
    row = await connection.fetchrow(_FIND_RECEIPT, catalog, idempotent.key)
    if row is None:
        return None
    if row["request_digest"] != idempotent.request_digest:
        return KeyReused()
    return Replayed(row["stream_id"], row["version"], row["position"])
