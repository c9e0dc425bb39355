"""Decided events as an append: with their claims, and the circumstances they came about in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from commands.claims import claims_of
from events.append import Append, Claim, Idempotent
from events.codec import encode
from events.product import ProductEvent

KIND = "product"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Who asks, in which request, caused by what, and when it happened if not now."""

    actor: str
    correlation_id: str
    causation_id: str | None = None
    occurred_at: datetime | None = None


def to_append(
    stream: UUID,
    events: Sequence[ProductEvent],
    version: int,
    circumstances: Circumstances,
    *,
    idempotent: Idempotent | None = None,
    claims: Sequence[Claim] = (),
) -> Append:
    """To the stream as it is at that version, with `claims` beside those of the events."""
    return Append(
        stream_id=stream,
        events=[encode(event) for event in events],
        actor=circumstances.actor,
        correlation_id=circumstances.correlation_id,
        causation_id=circumstances.causation_id,
        occurred_at=circumstances.occurred_at,
        expected_version=version,
        claims=[*claims, *(claim for event in events for claim in claims_of(event))],
        idempotent=idempotent,
    )
