"""One call of the log's append function: many appends, an outcome for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import Record

from events.codec import Encoded
from events.database import Connection, statement

_APPEND = statement(__package__, "sql/append.sql")
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


@dataclass(frozen=True, slots=True)
class Deferred:
    """An earlier append of the same call has the same stream, key or claim: send it again."""


type Outcome = Appended | Replayed | KeyReused | VersionMismatch | ClaimTaken | Deferred


async def append(
    connection: Connection, catalog: str, kind: str, appends: Sequence[Append]
) -> list[Outcome]:
    """Commit the appends in one round trip; an outcome for each, in their order."""
    rows = await connection.fetch(_APPEND, catalog, kind, *_columns(appends))
    return [_outcome(row) for row in rows]


def _columns(appends: Sequence[Append]) -> tuple[list[object], ...]:
    events = [(n, event) for n, each in enumerate(appends, 1) for event in each.events]
    claims = [(n, claim) for n, each in enumerate(appends, 1) for claim in each.claims]
    return (
        [each.stream_id for each in appends],
        [each.expected_version for each in appends],
        [each.idempotent and each.idempotent.key for each in appends],
        [each.idempotent and each.idempotent.request_digest for each in appends],
        [each.actor for each in appends],
        [each.correlation_id for each in appends],
        [each.causation_id for each in appends],
        [each.occurred_at for each in appends],
        [n for n, _ in events],
        [event.type for _, event in events],
        [event.schema_version for _, event in events],
        [event.data for _, event in events],
        [n for n, _ in claims],
        [claim.kind for _, claim in claims],
        [claim.value for _, claim in claims],
        [claim.held for _, claim in claims],
    )


def _outcome(row: Record) -> Outcome:
    match row["outcome"]:
        case "appended":
            return Appended(row["stream_id"], row["version"], row["log_position"])
        case "replayed":
            return Replayed(row["stream_id"], row["version"], row["log_position"])
        case "key_reused":
            return KeyReused()
        case "version_conflict":
            return VersionMismatch(row["version"])
        case "claim_taken":
            return ClaimTaken(row["taken_kind"], row["taken_value"], row["holder"])
        case "deferred":
            return Deferred()
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
