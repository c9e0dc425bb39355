"""What the log should do, in plain Python: one append after the other, and nothing in parallel."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

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
)
from events.codec import Encoded
from events.recorded import Recorded


@dataclass(frozen=True, slots=True)
class Logged:
    position: int
    stream: UUID
    version: int
    fact: Encoded
    asked_at: datetime | None
    """The business time that its writer named."""


@dataclass(frozen=True, slots=True)
class Receipt:
    request_digest: bytes
    answer: Replayed


@dataclass(slots=True)
class LogModel:
    log: list[Logged] = field(default_factory=list)
    claims: dict[tuple[str, str], UUID] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)

    def append(self, asked: Append) -> Outcome:
        if asked.idempotent and (answer := self.receipt(asked.idempotent)):
            return answer
        version = self.versions.get(asked.stream_id, 0)
        if asked.expected_version not in {None, version}:
            return VersionMismatch(version)
        if taken := self._taken(asked.stream_id, asked.claims):
            return taken
        for claim in asked.claims:
            self._move(asked.stream_id, claim)
        for event in asked.events:
            self._log(asked.stream_id, event, asked.occurred_at)
        position = max((each.position for each in self.stream(asked.stream_id)), default=0)
        place = (asked.stream_id, version + len(asked.events), position)
        if key := asked.idempotent:
            self.receipts[key.key] = Receipt(key.request_digest, Replayed(*place))
        return Appended(*place)

    @property
    def versions(self) -> dict[UUID, int]:
        """Of a stream it is that of its last event."""
        return {each.stream: each.version for each in self.log}

    def stream(self, stream: UUID) -> list[Logged]:
        return [each for each in self.log if each.stream == stream]

    def receipt(self, idempotent: Idempotent) -> Replayed | KeyReused | None:
        found = self.receipts.get(idempotent.key)
        if found is None:
            return None
        return found.answer if found.request_digest == idempotent.request_digest else KeyReused()

    def _taken(self, stream: UUID, claims: Sequence[Claim]) -> ClaimTaken | None:
        for claim in claims:
            holder = self.claims.get((claim.kind, claim.value), stream)
            if claim.held and holder != stream:
                return ClaimTaken(claim.kind, claim.value, holder)
        return None

    def _move(self, stream: UUID, claim: Claim) -> None:
        named = (claim.kind, claim.value)
        if claim.held:
            self.claims[named] = stream
        elif self.claims.get(named) == stream:
            del self.claims[named]

    def _log(self, stream: UUID, event: Encoded, asked_at: datetime | None) -> None:
        version = self.versions.get(stream, 0) + 1
        self.log.append(Logged(len(self.log) + 1, stream, version, event, asked_at))


def agree(found: Sequence[Recorded], expected: Sequence[Logged]) -> bool:
    """The same events at the same places, and the times that follow from what was asked."""
    placed = [(each.position, each.stream_id, each.version, each.type, each.data) for each in found]
    return placed == [
        (each.position, each.stream, each.version, each.fact.type, each.fact.data)
        for each in expected
    ]


def times_agree(found: Sequence[Recorded], expected: Sequence[Logged]) -> bool:
    """`found` is a whole log. Never later than recorded, never earlier than the stream's last."""
    last: dict[UUID, datetime] = {}
    for each, asked in zip(found, expected, strict=True):
        wanted = min(asked.asked_at or each.recorded_at, each.recorded_at)
        if each.occurred_at != max(wanted, last.get(each.stream_id, wanted)):
            return False
        last[each.stream_id] = each.occurred_at
    recorded = [each.recorded_at for each in found]
    return recorded == sorted(recorded)
